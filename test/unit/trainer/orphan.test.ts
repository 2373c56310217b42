import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../../src/core/results/runJson';
import { TrainerHost } from '../../../src/trainer/host';
import { CommandLine, sample } from '../cli/commandLine';
import { epochsOf } from './frozen';
import { removeAll, temporary } from './smallRun';

const cli = new CommandLine();
const out = path.join(temporary, 'orphan');

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe.skipIf(process.platform !== 'linux')('a trainer whose host is killed (needs Linux)', () => {
  beforeAll(() => cli.build());
  afterAll(() => {
    cli.remove();
    removeAll();
  });

  it('stops after its step by itself, and leaves a run that can be resumed', async () => {
    // Of the extension's host it is the same: all that the trainer sees is the end of the connection.
    const host = cli.start([
      ...['cluster', sample, '--clusters', '3', '--width', '0.03125', '--window', '4', '--out', out],
      ...['--epochs', '1000,1,1', '--set', 'training.maxStepsPerEpoch=4', '--engine', 'cpu'],
      ...['--time', '2008-01-01/2008-06-30', '--isolation', 'process'],
    ]);
    host.stdout.resume();
    host.stderr.resume();
    await expect.poll(trained, { timeout: 100_000 }).toBeDefined();
    const directory = trained();
    const [trainer] = childrenOf(host.pid!);
    expect(isRunning(trainer)).toBe(true);
    host.kill('SIGKILL');
    await expect.poll(() => isRunning(trainer), { timeout: 60_000 }).toBe(false);

    expect(readdirSync(directory!).sort()).toEqual(['checkpoint.safetensors', 'run.json']);
    expect(await readRun(directory!)).toMatchObject({
      state: 'interrupted',
      message: 'The run was stopped.',
    });
    const stop = new AbortController();
    let epochs = 0;
    const again = new TrainerHost({
      isolation: 'process',
      entry: path.join(path.dirname(cli.script), 'trainer.js'),
    });
    const resumed = again.resume(directory!, {
      signal: stop.signal,
      progress: ({ epoch, step }) => {
        epochs = epoch;
        if (step > 0) stop.abort();
      },
    });
    await expect(resumed).rejects.toThrow('The run was stopped.');
    await again.dispose();
    expect(epochs).toBeGreaterThan(0);
  });
});

/** The run directory, once some epochs are done. */
function trained(): string | undefined {
  const name = existsSync(out) ? readdirSync(out)[0] : undefined;
  const directory = name && path.join(out, name);
  return directory && epochsOf(path.join(directory, 'checkpoint.safetensors')) ? directory : undefined;
}
