import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterFiles, resumeRun } from '../../../src/core/cluster';
import { resolveHyperParameters, type RunConfig } from '../../../src/core/config';
import { openDataset } from '../../../src/core/data/open';
import { CancelledError } from '../../../src/core/errors';
import type { RunHooks } from '../../../src/core/progress';
import { readRun } from '../../../src/core/results/runJson';
import { CommandLine, sample } from '../cli/commandLine';
import { temporaryFolder } from '../results/temporary';
import { expectSame } from '../trainer/sameRun';

const folder = temporaryFolder();
const isLinux = process.platform === 'linux';
const settings = {
  clusters: 3,
  'window.length': 4,
  'window.batch': 2,
  'window.stride': 4,
  'model.widthFactor': 0.03125,
  'model.embeddingDimensions': 12,
  'model.eofs': 6,
  'model.heads': 2,
  'training.warmupEpochs': 2,
  'training.jointEpochs': 1,
  'training.adversarialEpochs': 1,
  'training.maxStepsPerEpoch': 3,
  'discriminator.warmupSteps': 5,
};

const configOf = (name: string, streaming: 'always' | 'never'): RunConfig => ({
  files: [sample],
  variables: ['air', 'prate'],
  select: {},
  time: ['2008-01-01', '2008-06-30'],
  method: 'adatsc',
  engine: 'cpu',
  seed: 5,
  memoryLimit: 4000,
  out: path.join(folder, name),
  hyperParameters: resolveHyperParameters({ ...settings, 'data.streaming': streaming }),
});

/** Working copies in the folder, and those that this process has open without a name. */
function copies(name: string): string[] {
  const named = readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8' });
  const open = isLinux ? readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`)) : [];
  return [...named, ...open].filter((one) => one.includes('.working-copy.'));
}
function linkOf(fd: string): string {
  try {
    return readlinkSync(fd);
  } catch {
    return '';
  }
}

const run = async (name: string, streaming: 'always' | 'never', hooks: RunHooks = {}): Promise<string> =>
  (await clusterFiles(configOf(name, streaming), hooks)).runDirectory;

describe('a run whose data stay on disk', () => {
  let inMemory: string;
  beforeAll(async () => {
    inMemory = await run('memory', 'never');
  }, 120_000);

  it('comes to the same files as one in memory, to the bit, and leaves no working copy', async () => {
    const log: string[] = [];
    let during = 0;
    const streamed = await run('disk', 'always', {
      log: (message) => log.push(message),
      progress: () => (during = Math.max(during, copies('disk').length)),
    });
    expect(log.join('\n')).toContain('streamed from disk');
    if (isLinux) expect(during).toBe(1);
    expect(copies('disk')).toEqual([]);
    await expectSame(streamed, inMemory);
    const [a, b] = [
      await openDataset(path.join(streamed, 'result.nc')),
      await openDataset(path.join(inMemory, 'result.nc')),
    ];
    for (const { name } of a.variables) expect(await a.read(name), name).toEqual(await b.read(name));
    await Promise.all([a.close(), b.close()]);
  }, 120_000);

  it('leaves no working copy when it is stopped, and goes on from its checkpoint to the same', async () => {
    const stop = new AbortController();
    const hooks: RunHooks = {
      signal: stop.signal,
      progress: ({ epoch }) => epoch === 2 && stop.abort(),
    };
    await expect(run('stopped', 'always', hooks)).rejects.toThrow(CancelledError);
    expect(copies('stopped')).toEqual([]);
    const [name] = readdirSync(path.join(folder, 'stopped'));
    const { runDirectory } = await resumeRun(path.join(folder, 'stopped', name));
    expect(copies('stopped')).toEqual([]);
    await expectSame(runDirectory, inMemory);
  }, 120_000);

  it('leaves no working copy when it fails', async () => {
    const hooks: RunHooks = {
      progress: ({ phase }) => {
        if (phase === 'joint') throw new Error('Something is wrong.');
      },
    };
    await expect(run('failed', 'always', hooks)).rejects.toThrow('Something is wrong.');
    expect(copies('failed')).toEqual([]);
  }, 120_000);

  describe('in a process that is killed', () => {
    const commandLine = new CommandLine();
    beforeAll(() => commandLine.build(), 120_000);
    afterAll(() => commandLine.remove());

    it('leaves no working copy, and is resumed to the same', async () => {
      const out = path.join(folder, 'killed');
      mkdirSync(out);
      const set = Object.entries({ ...settings, 'data.streaming': 'always' }).flatMap(([key, value]) => [
        '--set',
        `${key}=${value}`,
      ]);
      const child = commandLine.start([
        ...['cluster', sample, '--variables', 'air,prate', '--time', '2008-01-01/2008-06-30'],
        ...['--engine', 'cpu', '--seed', '5', '--memory', '4000', '--out', out, ...set],
      ]);
      const ended = new Promise((resolve) => child.on('close', resolve));
      child.stdout.resume();
      child.stderr.resume();
      const hasCheckpoint = (): string | undefined =>
        readdirSync(out).find((name) => existsSync(path.join(out, name, 'checkpoint.safetensors')));
      while (hasCheckpoint() === undefined && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill('SIGKILL');
      await ended;
      const directory = path.join(out, hasCheckpoint()!);
      expect((await readRun(directory)).state).toBe('interrupted');
      expect(copies('killed')).toEqual([]);
      const { runDirectory } = await resumeRun(directory);
      await expectSame(runDirectory, inMemory);
    }, 120_000);
  });
});
