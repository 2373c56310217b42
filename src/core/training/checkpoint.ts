import { join } from 'node:path';
import { UserError } from '../errors';
import type { EpochRecord } from '../progress';
import { toRecord } from '../results/historyCsv';
import { runFiles } from '../results/runDirectory';
import { readSafetensors, writeSafetensors, type SafetensorsContent } from '../results/safetensors';
import { isSeriesTensor, type Snapshot } from './snapshot';

/** Layout of the checkpoint; others are refused rather than guessed at. What was added since may be absent. */
const FORMAT = '1';

/** Writes the checkpoint of a run directory, atomically: tensors as safetensors, everything else as its metadata. */
export async function writeCheckpoint(directory: string, snapshot: Snapshot): Promise<void> {
  const { times, clusters, labellings } = snapshot;
  await writeSafetensors(join(directory, runFiles.checkpoint), {
    tensors: snapshot.tensors,
    metadata: {
      format: FORMAT,
      epoch: String(snapshot.epoch),
      random: JSON.stringify(snapshot.random),
      history: JSON.stringify(snapshot.history),
      ...(times && { times: JSON.stringify(times) }),
      ...(clusters !== undefined && { clusters: String(clusters) }),
      ...(labellings !== undefined && { labellings: String(labellings) }),
    },
  });
}

/** Reads the checkpoint of a run directory. Throws a UserError when there is none or it cannot be used. */
export async function readCheckpoint(directory: string): Promise<Snapshot> {
  const path = join(directory, runFiles.checkpoint);
  return unpack(await readSafetensors(path), path);
}

/**
 * The same with no more tensors than are needed to draw the run, which are a small part of the file. Throws as
 * {@link readCheckpoint}.
 */
export async function readCheckpointSeries(directory: string): Promise<Snapshot> {
  const path = join(directory, runFiles.checkpoint);
  return unpack(await readSafetensors(path, isSeriesTensor), path);
}

function unpack({ tensors, metadata }: SafetensorsContent, path: string): Snapshot {
  if (metadata['format'] !== FORMAT) {
    throw new UserError(`${path} was written by another version of Climate Clustering. Start a new run.`);
  }
  const { times, clusters, labellings } = metadata;
  return {
    epoch: Number(metadata['epoch']),
    random: JSON.parse(metadata['random']) as number[],
    history: (JSON.parse(metadata['history']) as EpochRecord[]).map(toRecord),
    tensors,
    ...(times !== undefined && { times: JSON.parse(times) as string[] }),
    ...(clusters !== undefined && { clusters: Number(clusters) }),
    ...(labellings !== undefined && { labellings: Number(labellings) }),
  };
}
