import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choiceSchema } from '../../../src/core/choose/choiceJson';
import { parseCsv } from '../../../src/core/results/csv';
import { readRun } from '../../../src/core/results/runJson';
import { CommandLine, sample } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
beforeAll(() => cli.build());
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const data = [sample, '--variables', 'air', '--time', '2008-01-01/2008-04-30'];
const out = (name: string): string[] => ['--out', path.join(temporary, name)];

describe('clusters', () => {
  it('prints criteria and recommendation, and writes a picture and all values', async () => {
    const { code, stdout, stderr } = await cli.run(['clusters', ...data, '--most', '6', ...out('a')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'choosing the number of clusters\n' });
    const [head, ...rows] = stdout.split('\n');
    expect(head).toMatch(/^ *K +elbow +silhouette +gap statistic +stability +gap, uniform +votes$/);
    expect(rows.slice(0, 6).map((row) => row.trim().split(/ +/)[0])).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(stdout).toMatch(/^(K = \d+, (clearly|probably)|These data show no clear number of clusters)/m);
    const folder = path.join(temporary, 'a');
    const names = readdirSync(folder).sort();
    expect(names.map((name) => path.extname(name))).toEqual(['.csv', '.json', '.svg']);
    const [csv, json, svg] = names.map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(parseCsv(csv)).toHaveLength(7);
    const choice = choiceSchema.parse(JSON.parse(json));
    expect(choice).toMatchObject({ most: 6, steps: 121, of: 121 });
    expect(svg).toContain('data-criterion="gap"');
    for (const name of names) expect(stdout).toContain(name);
  });

  it('with --json ends standard output with everything', async () => {
    const { code, stdout, stderr } = await cli.run([
      'clusters',
      ...data,
      '--most',
      '4',
      '--json',
      ...out('b'),
    ]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const { files, ...choice } = JSON.parse(stdout);
    expect(choiceSchema.parse(choice).most).toBe(4);
    expect(existsSync(files.svg)).toBe(true);
    expect(stderr).toContain('silhouette');
  });

  it.each([
    [['clusters'], 'Name at least one data file'],
    [['clusters', sample, '--most', '2'], '--most is "2"; it must be a whole number from 3 to 50'],
    [['clusters', sample, '--time', '2008-01-01/2008-01-05'], '5 time steps'],
    [['clusters', sample, '--run', '.'], 'leave out the data files'],
    [['clusters', '--run', temporary], 'is not a run directory'],
  ])('%j is a mistake', async (args, message) => {
    const { code, stderr } = await cli.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).toContain(message);
  });

  it('stops at Ctrl-C', async () => {
    let sent = false;
    const { code, stderr } = await cli.run(['clusters', sample, ...out('c')], (_, pid) => {
      if (!sent) process.kill(pid, 'SIGINT');
      sent = true;
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped.');
    expect(existsSync(path.join(temporary, 'c'))).toBe(false);
  });
});

describe('cluster --clusters auto', () => {
  it('trains with the recommended K, and keeps how it was chosen', async () => {
    const training = ['--epochs', '1,0,0', '--width', '0.03125', '--window', '4'];
    const settings = ['--set', 'window.stride=2', '--set', 'training.maxStepsPerEpoch=2'];
    const args = ['cluster', ...data, '--clusters', 'auto', ...training, ...settings, ...out('run')];
    const { code, stdout, stderr } = await cli.run([...args, '--engine', 'cpu', '--json']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { runDirectory, clusters } = JSON.parse(stdout);
    const { config } = await readRun(runDirectory);
    expect(config.hyperParameters.clusters).toBe(clusters);
    expect(config.clusterChoice!.recommendation.clusters).toBe(clusters);
    expect(stderr).toContain(config.clusterChoice!.recommendation.text[0].slice(0, 40));

    // Later, from the run.
    const shown = await cli.run(['clusters', '--run', runDirectory, ...out('again')]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('silhouette');
    const given = await cli.run(['clusters', '--run', runDirectory, '--most', '5', '--json', ...out('json')]);
    expect(JSON.parse(given.stdout).recommendation).toEqual(config.clusterChoice!.recommendation);
  });
});
