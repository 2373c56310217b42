import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import * as z from 'zod';
import { UserError } from '../errors';
import { explainFileError, removeTemporaryFiles, writeAtomically } from './atomicWrite';
import { runFiles } from './runDirectory';

/** Who works on a run: a thread of a process. */
const holder = z.object({
  host: z.string(),
  pid: z.number().int(),
  /** Of the worker thread within the process, 0 for its main thread. */
  thread: z.number().int(),
  /** ISO 8601, UTC. */
  since: z.string(),
  /** Seconds that the machine had been up. */
  uptime: z.number(),
  /** Tells claims apart. */
  token: z.string(),
});
export type Holder = z.infer<typeof holder>;

/** The right to write in a run directory, until it is given back. */
export interface Claim {
  /** Never rejects. */
  release(): Promise<void>;
}

const lockOf = (directory: string): string => join(directory, runFiles.lock);

/**
 * Claims a run directory for this thread: of all that try at the same moment, one succeeds. The claim is a file that
 * only one can create; what a dead process of this machine has left behind is taken over. Throws a UserError that names
 * the holder when somebody works on the run, or when the directory cannot be written. What a writer that was killed has
 * left half written is removed.
 */
export async function claimRun(directory: string): Promise<Claim> {
  const claimed = await claim(lockOf(directory), (by) => heldBy(directory, by));
  await removeTemporaryFiles(directory);
  await removeOldRights(directory);
  return claimed;
}

/** Rights to take a claim over, left by those who were killed meanwhile: the claims that they were for are gone. */
async function removeOldRights(directory: string): Promise<void> {
  const names = await readdir(directory).catch((): string[] => []);
  const rights = names.filter((name) => name.startsWith(`${runFiles.lock}.`));
  await Promise.all(rights.map((name) => rm(join(directory, name), { force: true }).catch(() => undefined)));
}

/** Who works on a run now; undefined when nobody does. Dead holders of this machine do not count. */
export async function holderOf(directory: string): Promise<Holder | undefined> {
  const found = await read(lockOf(directory));
  return found && found !== 'damaged' && isAlive(found) ? found : undefined;
}

/**
 * Gives back what a thread that is gone has claimed: from outside, a dead thread cannot be told from a living one. Does
 * nothing when the claim is somebody else's.
 */
export async function releaseFor(directory: string, gone: Pick<Holder, 'pid' | 'thread'>): Promise<void> {
  const path = lockOf(directory);
  const found = await read(path);
  if (found === undefined || found === 'damaged') return;
  if (found.host === hostname() && found.pid === gone.pid && found.thread === gone.thread)
    await rm(path, { force: true });
}

async function claim(path: string, refusal: (by: Holder) => UserError): Promise<Claim> {
  const mine: Holder = {
    host: hostname(),
    pid: process.pid,
    thread: threadId,
    since: new Date().toISOString(),
    uptime: uptime(),
    token: randomBytes(8).toString('hex'),
  };
  const text = JSON.stringify(mine) + '\n';
  for (;;) {
    try {
      await writeFile(path, text, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explainFileError(error, path, 'written');
    }
    const found = await read(path);
    // Given back in this moment.
    if (found === undefined) continue;
    if (found !== 'damaged' && isAlive(found)) throw refusal(found);
    if (await takeOver(path, found, text, refusal)) break;
  }
  return {
    release: async () => {
      const found = await read(path).catch(() => undefined);
      if (found !== undefined && found !== 'damaged' && found.token === mine.token)
        await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

/**
 * Puts `text` in the place of a claim whose holder is dead. Those who found the same one settle by a claim of their own
 * who may: to remove it and to create another would let the second one remove what the first has created. Returns
 * whether it was still there to be taken.
 */
async function takeOver(
  path: string,
  dead: Holder | 'damaged',
  text: string,
  refusal: (by: Holder) => UserError,
): Promise<boolean> {
  const right = await claim(`${path}.${dead === 'damaged' ? dead : dead.token}`, refusal);
  try {
    const found = await read(path);
    const isSame = dead === 'damaged' || found === 'damaged' ? found === dead : found?.token === dead.token;
    if (isSame) await writeAtomically(path, text);
    return isSame;
  } finally {
    await right.release();
  }
}

/** A claim that is being written is not yet whole; one that stays so is damaged. */
async function read(path: string): Promise<Holder | 'damaged' | undefined> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      const parsed = holder.safeParse(JSON.parse(await readFile(path, 'utf8')));
      if (parsed.success) return parsed.data;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if (!(error instanceof SyntaxError)) throw explainFileError(error, path, 'read');
    }
    await sleep(25);
  }
  return 'damaged';
}

/** Whether the holder's process exists, as far as can be seen from here. */
function isAlive({ host, pid, uptime: before }: Holder): boolean {
  if (host !== hostname()) return true;
  // The machine has started anew, and the number may be another process's. (Clocks are set, so times tell less.)
  if (uptime() < before) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function heldBy(directory: string, by: Holder): UserError {
  return new UserError(
    `The run ${directory} is being worked on by process ${by.pid} on ${by.host} since ${by.since}. ` +
      `Wait until it ends, or stop it there; if that process is something else, delete ${lockOf(directory)} and try again.`,
  );
}
