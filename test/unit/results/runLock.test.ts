import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renameRun } from '../../../src/core/results/renameRun';
import { createRunDirectory } from '../../../src/core/results/runDirectory';
import { readRun, writeRun } from '../../../src/core/results/runJson';
import { claimRun, holderOf, releaseFor, type Holder } from '../../../src/core/results/runLock';
import { sampleInfo } from './sampleRun';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const out = path.join(root, 'out-test', `lock-${process.pid}`);
const script = path.join(out, 'claimant.js');

beforeAll(async () => {
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: [path.join(root, 'test/unit/results/claimant.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

let count = 0;
const runDirectory = (): Promise<string> =>
  createRunDirectory(path.join(folder, 'locks'), () => String(count++));
const lockOf = (directory: string): string => path.join(directory, 'run.lock');

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function said(child: ChildProcess): Promise<string> {
  return (await once(child, 'message'))[0] as string;
}

/** Processes that are ready to claim `directory`. */
async function claimants(directory: string, number: number): Promise<ChildProcess[]> {
  const started = Array.from({ length: number }, () => fork(script, [directory], { execArgv: [] }));
  children.push(...started);
  await Promise.all(started.map(said));
  return started;
}

/** Tells all of them to claim at once; what each says. */
async function race(contenders: readonly ChildProcess[]): Promise<string[]> {
  const answers = contenders.map(said);
  for (const child of contenders) child.send('go');
  return Promise.all(answers);
}

const deadHolder = (): Holder => ({
  host: hostname(),
  pid: spawnSync(process.execPath, ['-e', '']).pid,
  thread: 0,
  since: '2026-01-01T00:00:00.000Z',
  uptime: 0,
  token: 'dead',
});

describe('the lock of a run', () => {
  it('is given to one of several processes that claim it at once; the others are told who', async () => {
    const directory = await runDirectory();
    const contenders = await claimants(directory, 4);
    const answers = await race(contenders);
    expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
    const winner = contenders[answers.indexOf('claimed')];
    for (const answer of answers.filter((one) => one !== 'claimed')) {
      expect(answer).toMatch(/^UserError: /);
      expect(answer).toContain(`process ${winner.pid} on ${hostname()}`);
    }
    expect(await holderOf(directory)).toMatchObject({ pid: winner.pid, thread: 0 });

    const released = said(winner);
    winner.send('release');
    await released;
    expect(readdirSync(directory)).toEqual([]);
    await (await claimRun(directory)).release();
  });

  it('of a dead process is taken over by one of several', async () => {
    const directory = await runDirectory();
    writeFileSync(lockOf(directory), JSON.stringify(deadHolder()));
    expect(await holderOf(directory)).toBeUndefined();
    const contenders = await claimants(directory, 4);
    const answers = await race(contenders);
    expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
    const winner = contenders[answers.indexOf('claimed')];
    expect(await holderOf(directory)).toMatchObject({ pid: winner.pid });
    expect(readdirSync(directory)).toEqual(['run.lock']);
  });

  it('of a process that is killed is free again', async () => {
    const directory = await runDirectory();
    const [child] = await claimants(directory, 1);
    expect(await race([child])).toEqual(['claimed']);
    await expect(claimRun(directory)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const claim = await claimRun(directory);
    expect(await holderOf(directory)).toMatchObject({ pid: process.pid, thread: threadId });
    await claim.release();
  });

  it('of another machine is respected: its processes cannot be seen', async () => {
    const directory = await runDirectory();
    writeFileSync(lockOf(directory), JSON.stringify({ ...deadHolder(), host: 'elsewhere' }));
    await expect(claimRun(directory)).rejects.toThrow('on elsewhere since 2026-01-01');
  });

  it('from before the machine was started anew does not count, though its number is in use', async () => {
    const directory = await runDirectory();
    writeFileSync(
      lockOf(directory),
      JSON.stringify({ ...deadHolder(), pid: process.pid, uptime: Number.MAX_SAFE_INTEGER }),
    );
    await (await claimRun(directory)).release();
    expect(existsSync(lockOf(directory))).toBe(false);
  });

  it('that is damaged is taken over', async () => {
    const directory = await runDirectory();
    writeFileSync(lockOf(directory), '{"host":');
    const claim = await claimRun(directory);
    expect((JSON.parse(readFileSync(lockOf(directory), 'utf8')) as Holder).pid).toBe(process.pid);
    await claim.release();
  });

  it('of a thread that is gone is given back for it, but not one of another thread', async () => {
    const directory = await runDirectory();
    const claim = await claimRun(directory);
    await releaseFor(directory, { pid: process.pid, thread: threadId + 1 });
    expect(existsSync(lockOf(directory))).toBe(true);
    await releaseFor(directory, { pid: process.pid, thread: threadId });
    expect(existsSync(lockOf(directory))).toBe(false);
    // Another one's by now: the first must not take it away.
    const second = await claimRun(directory);
    await claim.release();
    expect(existsSync(lockOf(directory))).toBe(true);
    await second.release();
  });

  it('says what is wrong with a directory that is not there', async () => {
    await expect(claimRun(path.join(folder, 'none'))).rejects.toThrow('does not exist');
  });
});

describe('the name of a run', () => {
  it('is kept in run.json, without spaces around it, and taken away by an empty one', async () => {
    const directory = await runDirectory();
    await writeRun(directory, { ...sampleInfo, state: 'finished' });
    expect((await renameRun(directory, '  Winter,  7 regimes ')).name).toBe('Winter, 7 regimes');
    expect(await readRun(directory)).toEqual({ ...sampleInfo, state: 'finished', name: 'Winter, 7 regimes' });
    expect((await renameRun(directory, ' ')).name).toBeUndefined();
    expect(await readRun(directory)).toEqual({ ...sampleInfo, state: 'finished' });
    expect(readdirSync(directory)).toEqual(['run.json']);
  });

  it('has at most 120 characters', async () => {
    const directory = await runDirectory();
    await writeRun(directory, { ...sampleInfo, state: 'interrupted' });
    expect((await renameRun(directory, 'x'.repeat(120))).name).toHaveLength(120);
    await expect(renameRun(directory, 'x'.repeat(121))).rejects.toThrow('at most 120');
  });

  it('is not changed while somebody works on the run', async () => {
    const directory = await runDirectory();
    await writeRun(directory, { ...sampleInfo, state: 'interrupted' });
    const claim = await claimRun(directory);
    await expect(renameRun(directory, 'new')).rejects.toThrow(`process ${process.pid}`);
    await claim.release();
    // A version without locks.
    await writeRun(directory, { ...sampleInfo, state: 'running', process: { host: 'elsewhere', pid: 7 } });
    await expect(renameRun(directory, 'new')).rejects.toThrow('worked on by another process');
    expect(readdirSync(directory)).toEqual(['run.json']);
    expect((await readRun(directory)).name).toBeUndefined();
  });

  it('cannot be given to what is no run', async () => {
    const directory = await runDirectory();
    await expect(renameRun(directory, 'new')).rejects.toThrow('is not a run directory');
    expect(readdirSync(directory)).toEqual([]);
  });
});
