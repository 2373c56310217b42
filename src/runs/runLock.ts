/**
 * A run directory belongs to one process at a time: a second window must not resume what another one trains. The lock
 * is a file with the holder's process; it is void when that process is gone.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { UserError } from '../core/errors';

export const LOCK_FILE = 'run.lock';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** The process that holds `directory`, if it is another one and alive. */
export function holderOf(directory: string): Holder | undefined {
  let holder: Holder;
  try {
    holder = JSON.parse(readFileSync(path.join(directory, LOCK_FILE), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
  if (typeof holder.pid !== 'number' || (holder.pid === process.pid && holder.host === hostname())) {
    return undefined;
  }
  // On another machine that shares the disk nobody can be asked; the lock counts.
  return holder.host !== hostname() || isAlive(holder.pid) ? holder : undefined;
}

/** Takes `directory` for this process. Throws a UserError when another one works on it. */
export function lock(directory: string): void {
  const holder = holderOf(directory);
  if (holder) {
    throw new UserError(
      `Another process (${holder.pid} on ${holder.host}) works on the run ${directory}. Wait until it has ended, ` +
        `or, if it is no longer there, delete ${path.join(directory, LOCK_FILE)}.`,
    );
  }
  const mine: Holder = { pid: process.pid, host: hostname() };
  writeFileSync(path.join(directory, LOCK_FILE), JSON.stringify(mine));
}

export function unlock(directory: string): void {
  rmSync(path.join(directory, LOCK_FILE), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
