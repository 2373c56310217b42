import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLine } from '../../../src/cli/compareDisplay';
import { certaintyWords } from '../../../src/core/choose/words';
import { readComparison } from '../../../src/core/compare/files';
import { methods } from '../../../src/core/methods/methods';
import { CommandLine, sample } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
beforeAll(() => cli.build());
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const out = (name: string): string[] => ['--out', path.join(temporary, name)];

describe('compare', () => {
  it('prints the table, writes the files and scores against a truth', async () => {
    const truth = path.join(temporary, 'truth.csv');
    writeFileSync(
      truth,
      `time,label\n${Array.from({ length: 366 }, (_, t) => `${t},${t < 150 ? 'a' : 'b'}`).join('\n')}\n`,
    );
    const { code, stdout, stderr } = await cli.run([
      ...['compare', sample, '--methods', 'k-means,ward', '--clusters', '3', '--seeds', '2'],
      ...['--truth', truth, ...out('a')],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    expect(stdout).toMatch(/^Method +Mean rank ↓ +ACC ↑ +NMI ↑ +ARI ↑ +Sil\. \(cos\) ↑/m);
    expect(stdout).toMatch(/^k-means +\d\.\d\d \*? +0\.\d+/m);
    expect(stdout).toMatch(/^Ward +1 \(deterministic\)/m);
    const [directory] = readdirSync(path.join(temporary, 'a'));
    expect(directory).toMatch(/^compare-/);
    expect(readdirSync(path.join(temporary, 'a', directory)).sort()).toEqual([
      ...['agreement.csv', 'best.csv', 'comparison.csv', 'comparison.json', 'fits', 'labels.csv'],
      ...['table.csv', 'table.md', 'table.tex'],
    ]);
    // Plain lines where there is no terminal.
    expect(stderr).toMatch(/^fit 1 of 3: k-means, seed 1$/m);
    expect(stderr).not.toContain('\u001b');
  });

  it('measures the memory of each fit in a process of its own', async () => {
    const { stdout } = await cli.run([
      ...['compare', sample, '--methods', 'ward', '--clusters', '3', '--json', ...out('b')],
    ]);
    const { rows } = JSON.parse(stdout);
    expect(rows).toHaveLength(1);
    const [fit] = rows[0].fits;
    // A Node process with the data of the sample, and not the one that waits for it.
    expect(fit.peakMemory).toBeGreaterThanOrEqual(fit.memoryBefore);
    expect(fit.memoryBefore).toBeGreaterThan(30);
    expect(fit.peakMemory).toBeLessThan(1000);
  });

  it('chooses K once, before the fits, and says so in the tables and in comparison.json', async () => {
    const { code, stdout, stderr } = await cli.run([
      ...['compare', sample, '--variables', 'air', '--time', '2008-01-01/2008-04-30'],
      ...['--methods', 'ward', '--clusters', 'auto', '--json', ...out('auto')],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { directory, clusters, certainty } = JSON.parse(stdout);
    const { config } = await readComparison(directory);
    const { recommendation } = config.clusterChoice!;
    expect(config.hyperParameters.clusters).toBe(recommendation.clusters);
    expect({ clusters, certainty }).toEqual({
      clusters: recommendation.clusters,
      certainty: recommendation.certainty,
    });
    const said = `K = ${clusters}, chosen from the data before the fits (${certaintyWords[recommendation.certainty]}).`;
    for (const name of ['table.md', 'table.tex'])
      expect(readFileSync(path.join(directory, name), 'utf8')).toContain(said);
    expect(stderr.match(/^choosing the number of clusters$/gm)).toHaveLength(1);
    expect(stderr.indexOf(recommendation.text[0].slice(0, 40))).toBeLessThan(stderr.indexOf('fit 1 of 1'));

    // Tables that are made again say the same.
    rmSync(path.join(directory, 'table.md'));
    expect((await cli.run(['compare', '--resume', directory])).code).toBe(0);
    expect(readFileSync(path.join(directory, 'table.md'), 'utf8')).toContain(said);
  });

  it('stops at Ctrl-C, says how to resume, and resumes', async () => {
    const args = [
      'compare',
      sample,
      '--methods',
      'k-means',
      '--clusters',
      '3',
      '--seeds',
      '1-4',
      ...out('c'),
    ];
    let sent = false;
    const stopped = await cli.run(args, (stderr, pid) => {
      if (sent || !stderr.includes('fit 3 of 4')) return;
      sent = true;
      process.kill(pid, 'SIGINT');
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('Stopping');
    const directory = /climate-clustering compare --resume (\S+)$/m.exec(stopped.stderr.trimEnd())![1];
    expect(readdirSync(path.join(directory, 'fits')).sort()).toEqual([
      'k-means.seed1.json',
      'k-means.seed2.json',
    ]);
    expect(existsSync(path.join(directory, 'table.md'))).toBe(false);

    const refused = await cli.run(['compare', '--resume', directory, '--seeds', '3']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('leave out --seeds') });

    const resumed = await cli.run(['compare', '--resume', directory]);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/^fit 3 of 4/);
    expect(readFileSync(path.join(directory, 'table.md'), 'utf8')).toContain('seeds 1, 2, 3, 4');
  });

  it('lists the methods with where they were published', async () => {
    const { code, stdout } = await cli.run(['compare', '--methods', 'list']);
    expect(code).toBe(0);
    const flat = stdout.replace(/\s+/g, ' ');
    for (const { id, title, reference, description } of methods) {
      expect(flat).toContain(`${id} ${title}`);
      expect(flat).toContain(reference.replace(/\s+/g, ' '));
      expect(flat).toContain(description.replace(/\s+/g, ' '));
    }
    const json = JSON.parse((await cli.run(['compare', '--methods', 'list', '--json'])).stdout);
    expect(json.map((one: { id: string }) => one.id)).toEqual(methods.map(({ id }) => id));
  });

  it.each<[string[], string]>([
    [['compare'], 'Name at least one data file'],
    [['compare', sample, '--methods', 'kmeans'], 'There is no method "kmeans"'],
    [['compare', sample, '--methods', ','], 'Name at least one method'],
    [['compare', sample, '--seeds', 'many'], 'The seeds are "many"'],
    [['compare', sample, '--clusters', 'many'], '"clusters" is "many"'],
    [['compare', sample, '--clusters', '1'], '"clusters" is "1"'],
    [['compare', sample, '--truth', 'no-such-file.csv'], 'no-such-file.csv'],
    [['compare', 'no-such-file.nc'], 'no-such-file.nc'],
    [['compare', '--resume', '/nowhere/at/all'], '/nowhere/at/all'],
  ])('%j is a mistake', async (args, message) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
  });
});

it('shows the progress in one line that fits', () => {
  const progress = {
    directory: '',
    done: 12,
    total: 48,
    failed: 1,
    current: { method: 'dec', title: 'DEC', seed: 2, share: 0.417 },
  };
  expect(compareLine(progress, 200, 79)).toBe(
    '[#####--------------] 12/48 fits, DEC (seed 2) 41%, 1 failed, 3:20',
  );
  expect(compareLine(progress, 200, 40)).toBe('[###-------] 12/48 fits, 1 failed, 3:20');
  expect(compareLine({ ...progress, done: 48, current: undefined }, 5, 79)).toBe(
    '[###################] 48/48 fits, 1 failed, 0:05',
  );
});
