/** Run directories on disk, for the history. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../core/errors';
import { damagedRun, storedRun, type HistoryRun } from './historyRun';

const RUN = 'run.json';

/** A run as its directory says; damaged when it cannot be read; undefined when the directory has no run (any more). */
export async function readHistoryRun(directory: string): Promise<HistoryRun | undefined> {
  if (!existsSync(path.join(directory, RUN))) return undefined;
  // Loaded on first use: activation must stay quick.
  const [{ readRun }, { runFiles }, { holderOf }] = await Promise.all([
    import('../core/results/runJson'),
    import('../core/results/runDirectory'),
    import('../core/results/runLock'),
  ]);
  try {
    const info = await readRun(directory);
    // A run that is being resumed is held before its run.json says that it runs.
    const holder = await holderOf(directory);
    const has = (name: string): boolean => existsSync(path.join(directory, name));
    return storedRun(directory, info, {
      hasCheckpoint: has(runFiles.checkpoint),
      hasReport: has(runFiles.report),
      isHeldElsewhere: holder !== undefined && holder.pid !== process.pid,
      pid: process.pid,
    });
  } catch (error) {
    // It may have been deleted while it was read.
    return existsSync(path.join(directory, RUN)) ? damagedRun(directory, messageOf(error)) : undefined;
  }
}

/** The run directories in a folder of runs; none when the folder does not exist or cannot be read. */
export async function runDirectories(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.map((name) => path.join(folder, name)).filter((one) => existsSync(path.join(one, RUN)));
  } catch {
    return [];
  }
}
