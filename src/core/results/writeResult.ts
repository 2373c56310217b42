import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frames } from '../data/frames';
import type { TensorValues } from '../engine/engine';
import { writeAtomically } from './atomicWrite';
import { composites } from './composites';
import { formatHistory } from './historyCsv';
import { formatLabels } from './labelsCsv';
import { clusterSizes, formatMetrics, toJsonMetrics } from './metricsJson';
import { renderReport } from './report';
import type { ClusteringResult } from './result';
import { encodeResult } from './resultNetcdf';
import { runFiles } from './runDirectory';
import type { RunInfo } from './runJson';
import { writeRun } from './runJson';
import { writeSafetensors } from './safetensors';

export interface ResultFiles {
  /** The run as it stands; its configuration, data and timings are kept, its state becomes "finished". */
  readonly info: RunInfo;
  readonly frames: Frames;
  readonly result: ClusteringResult;
  /** Bytes of encoder.onnx. */
  readonly encoder?: Uint8Array;
  /** Parameters for model.safetensors. */
  readonly model?: TensorValues;
}

/**
 * Writes all files of a finished run, each atomically, and run.json last: a run that says it is finished is complete.
 * The checkpoint, of no use then, is removed. Returns what run.json holds.
 * Throws a UserError when the directory cannot be written or the disk is full.
 */
export async function writeResult(directory: string, files: ResultFiles): Promise<RunInfo> {
  const { frames, result, encoder, model } = files;
  const began = performance.now();
  const at = (file: keyof typeof runFiles) => join(directory, runFiles[file]);
  const ended = files.info.ended ?? new Date().toISOString();
  const info: RunInfo = {
    ...files.info,
    state: 'finished',
    ended,
    nonEmptyClusters: clusterSizes(result.labels, result.clusters).filter((size) => size > 0).length,
    metrics: toJsonMetrics(result.metrics),
    timings: { total: (Date.parse(ended) - Date.parse(files.info.started)) / 1000, ...files.info.timings },
  };
  delete info.process;
  await writeAtomically(
    at('labels'),
    formatLabels(frames.time.iso, result.labels, result.softAssignment, result.clusters),
  );
  await writeAtomically(at('history'), formatHistory(result.history));
  await writeAtomically(at('metrics'), formatMetrics(result));
  const maps = await composites(frames, result.labels, result.clusters);
  await writeAtomically(at('result'), encodeResult(frames, result, info, maps));
  if (model) {
    const metadata = { run: info.id, method: info.config.method, extension: info.versions.extension };
    await writeSafetensors(at('model'), { tensors: model, metadata });
  }
  if (encoder) await writeAtomically(at('encoder'), encoder);
  await writeAtomically(at('report'), renderReport(frames, result, info, maps));
  const timings = { ...info.timings, writing: (performance.now() - began) / 1000 };
  const finished: RunInfo = { ...info, timings };
  await writeRun(directory, finished);
  await rm(at('checkpoint'), { force: true });
  return finished;
}
