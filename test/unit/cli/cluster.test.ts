import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, sample } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
beforeAll(() => cli.build());
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** As little training as there can be in every phase. */
const settings = ['window.stride=2', 'training.maxStepsPerEpoch=4'].flatMap((setting) => ['--set', setting]);
const small = ['--clusters', '3', '--width', '0.03125', '--window', '4', ...settings];
const out = (name: string): string[] => ['--out', path.join(temporary, name)];

describe('cluster', () => {
  it('prints the metrics, the run directory and the report', async () => {
    const { code, stdout, stderr } = await cli.run([
      'cluster',
      sample,
      ...small,
      '--epochs',
      '1,1,1',
      ...out('a'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^366 time steps in 3 clusters/);
    expect(stdout).toMatch(/Silhouette \(cosine\) +-?[\d.e-]+ +↑ higher/);
    const report = /^Report: +(.+)$/m.exec(stdout)![1];
    expect(existsSync(report)).toBe(true);
    expect(path.dirname(report)).toBe(/^Run directory: +(.+)$/m.exec(stdout)![1]);
    // Plain lines where there is no terminal.
    expect(stderr).toMatch(/^warm-up/m);
    expect(stderr).not.toContain('\u001b');
  });

  it('with --json ends standard output with the summary, and has people read standard error', async () => {
    const { code, stdout, stderr } = await cli.run([
      'cluster',
      sample,
      ...small,
      '--epochs',
      '1,1,1',
      '--json',
      ...out('b'),
    ]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const summary = JSON.parse(stdout);
    expect(Object.keys(summary)).toEqual([
      'runDirectory',
      'clusters',
      'nonEmptyClusters',
      'metrics',
      'engine',
      'seconds',
    ]);
    expect(summary.clusters).toBe(3);
    expect(existsSync(path.join(summary.runDirectory, 'labels.csv'))).toBe(true);
    expect(stderr).toContain('Silhouette');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops at %s, says how to resume, and resumes', async (signal) => {
    let sent = false;
    const stopped = await cli.run(
      ['cluster', sample, ...small, '--epochs', '500,0,0', '--verbose', ...out(signal)],
      (stderr, pid) => {
        if (sent || !/epoch [1-9]/.test(stderr)) return;
        sent = true;
        process.kill(pid, signal);
      },
    );
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('Stopping after this step');
    const resume = /climate-clustering cluster --resume (\S+)$/m.exec(stopped.stderr.trimEnd())![1];
    expect(existsSync(path.join(resume, 'checkpoint.safetensors'))).toBe(true);

    // The resumed run goes on from its epoch: it is stopped again, and has not begun anew.
    sent = false;
    const again = await cli.run(['cluster', '--resume', resume], (stderr, pid) => {
      if (sent || !/epoch [1-9]/.test(stderr)) return;
      sent = true;
      process.kill(pid, signal);
    });
    expect(again.code).toBe(130);
    expect(again.stderr).toContain(`--resume ${resume}`);
  });

  it('ends at once at the second Ctrl-C', async () => {
    // So wide that it compiles for seconds: the first Ctrl-C cannot have ended it before the second one comes.
    const wide = ['--width', '1', '--memory', '1000000', '--epochs', '500,0,0'];
    const child = cli.start(['cluster', sample, ...wide, ...out('c')]);
    const signal = await new Promise((resolve) => {
      let stderr = '';
      let count = 0;
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (count === 0 && stderr.includes('preparing')) count = +child.kill('SIGINT');
        if (count === 1 && stderr.includes('press Ctrl-C again')) count += +child.kill('SIGINT');
      });
      child.on('close', (_code, name) => resolve(name));
    });
    expect(signal).toBe('SIGINT');
  });
});
