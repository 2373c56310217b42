import { join } from 'node:path';
import { UserError } from '../errors';
import type { EpochRecord } from '../progress';
import { runFiles } from '../results/runDirectory';
import { readSafetensors, writeSafetensors } from '../results/safetensors';
import type { Snapshot } from './trainer';

/** Layout of the checkpoint; older ones are refused rather than guessed at. */
const FORMAT = '1';

/** Writes the checkpoint of a run directory, atomically: tensors as safetensors, everything else as its metadata. */
export async function writeCheckpoint(directory: string, snapshot: Snapshot): Promise<void> {
  await writeSafetensors(join(directory, runFiles.checkpoint), {
    tensors: snapshot.tensors,
    metadata: {
      format: FORMAT,
      epoch: String(snapshot.epoch),
      random: JSON.stringify(snapshot.random),
      history: JSON.stringify(snapshot.history),
    },
  });
}

/** Reads the checkpoint of a run directory. Throws a UserError when there is none or it cannot be used. */
export async function readCheckpoint(directory: string): Promise<Snapshot> {
  const path = join(directory, runFiles.checkpoint);
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata['format'] !== FORMAT) {
    throw new UserError(`${path} was written by another version of Climate Clustering. Start a new run.`);
  }
  return {
    epoch: Number(metadata['epoch']),
    random: JSON.parse(metadata['random']) as number[],
    history: JSON.parse(metadata['history']) as EpochRecord[],
    tensors,
  };
}
