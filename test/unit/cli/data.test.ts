import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, sample, sharedData } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
beforeAll(() => cli.build('cli'));
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

function csv(name: string, rows: string[]): string {
  const file = path.join(temporary, name);
  writeFileSync(file, `${rows.join('\n')}\n`);
  return file;
}

/** The days of 2008, and the season of each. */
const days = Array.from({ length: 366 }, (_, i) =>
  new Date(Date.UTC(2008, 0, 1 + i)).toISOString().slice(0, 10),
);
const seasonOf = (day: string): string =>
  ['winter', 'spring', 'summer', 'autumn'][Math.floor((Number(day.slice(5, 7)) % 12) / 3)];

describe('info', () => {
  it('describes the sample', async () => {
    const { code, stdout, stderr } = await cli.run(['info', sample]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const flat = stdout.replace(/ +/g, ' ');
    expect(flat).toContain(
      'time 366 steps 2008-01-01T00:00:00 to 2008-12-31T00:00:00 1 day calendar: standard',
    );
    expect(flat).toContain('lat x lon 10 x 12');
    expect(flat).toContain('prate kg m-2 s-1 precipitation rate');
  });

  it('prints JSON', async () => {
    const { stdout } = await cli.run(['info', sample, '--json']);
    const summary = JSON.parse(stdout);
    expect(summary.fields.map((field: { name: string }) => field.name)).toEqual([
      'air',
      'tmax',
      'tmin',
      'prate',
    ]);
    expect(summary.times[0].steps).toBe(366);
  });
});

const reanalysis = path.join(sharedData, 'reanalysis');
describe.skipIf(!existsSync(reanalysis))('info on reanalyses (needs ../shared/data/reanalysis)', () => {
  const files = existsSync(reanalysis) ? readdirSync(reanalysis) : [];

  it.each(files)('%s', async (name) => {
    const { code, stdout, stderr } = await cli.run(['info', path.join(reanalysis, name), '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { fields, times, grids } = JSON.parse(stdout);
    expect(fields.length).toBeGreaterThanOrEqual(2);
    for (const field of fields) {
      expect(times[field.time].steps).toBe(field.shape[0]);
      expect([grids[field.grid].height, grids[field.grid].width].sort()).toEqual(field.shape.slice(1).sort());
      expect(field.missingShare).toBeLessThan(0.5);
    }
  });
});

describe('evaluate', () => {
  const bySeason = () => csv('seasons.csv', ['time,label', ...days.map((day) => `${day},${seasonOf(day)}`)]);

  it('prints the metrics of a labelling with names', async () => {
    const { code, stdout } = await cli.run(['evaluate', sample, '--labels', bySeason()]);
    expect(code).toBe(0);
    expect(stdout).toContain('366 time steps of air, tmax, tmin, prate in 4 clusters');
    expect(stdout).toMatch(/Silhouette \(cosine\) +-?0\.\d+/);
  });

  it('is the same for rows in any order, and for positions', async () => {
    const rows = days.map((day) => `${seasonOf(day)},${day}T00:00:00Z,x`).reverse();
    const shuffled = csv('shuffled.csv', ['label,time,comment', ...rows]);
    const positions = csv('positions.csv', ['time,label', ...days.map((day, i) => `${i},${seasonOf(day)}`)]);
    const outcomes = await Promise.all(
      [bySeason(), shuffled, positions].map(async (file) =>
        JSON.parse((await cli.run(['evaluate', sample, '--labels', file, '--json'])).stdout),
      ),
    );
    expect(outcomes[0].sizes).toEqual({ autumn: 91, spring: 92, summer: 92, winter: 91 });
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  it('takes a part of the data, and labels of the whole', async () => {
    const { stdout } = await cli.run([
      'evaluate',
      sample,
      '--labels',
      bySeason(),
      '--variables',
      'air',
      '--time',
      '2008-01-01/2008-06-30',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ timeSteps: 182, fields: ['air'], nonEmptyClusters: 3 });
  });

  it.each<[string, string[], string]>([
    ['no such column', ['time,cluster', '2008-01-01,1'], 'no column "label"'],
    ['too few rows', ['time,label', '2008-01-01,1'], 'no label for 365'],
    ['nothing at all', [''], 'empty'],
  ])('refuses labels with %s', async (name, rows, message) => {
    const { code, stderr } = await cli.run(['evaluate', sample, '--labels', csv(`${name}.csv`, rows)]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^error: /);
    expect(stderr).toContain(message);
  });
});

const python = '/usr/bin/python3';
const canesm2 = path.join(reanalysis, 'canesm2_365day_quebec_daily_2095.nc');
const hasPython = spawnSync(python, ['-c', 'import sklearn, xarray, netCDF4']).status === 0;
describe.skipIf(!hasPython || !existsSync(canesm2))(
  'evaluate, against scikit-learn (needs /usr/bin/python3 with sklearn and xarray, and ../shared/data)',
  () => {
    it('reads, fills, scales and measures as a script of ten lines does', async () => {
      const script = `
import json, sys
import numpy as np, xarray as xr
from sklearn.metrics import silhouette_score, davies_bouldin_score, calinski_harabasz_score
data = xr.open_dataset(sys.argv[1])
fields = []
for name in ["tasmax", "tasmin", "pr"]:
    x = data[name].transpose("time", "lat", "lon").values.reshape(365, -1).astype("float64")
    fields.append(np.where(np.isnan(x), np.nanmean(x), x))
x = np.concatenate(fields, axis=1)
low, high = x.min(axis=0), x.max(axis=0)
x = (x - low) / np.where(high > low, high - low, 1)
labels = np.arange(365) // 60
within = sum(((x[labels == k] - x[labels == k].mean(axis=0)) ** 2).sum() for k in set(labels))
print(json.dumps({
  "silhouetteCosine": silhouette_score(x, labels, metric="cosine"),
  "silhouetteEuclidean": silhouette_score(x, labels),
  "daviesBouldin": davies_bouldin_score(x, labels),
  "calinskiHarabasz": calinski_harabasz_score(x, labels),
  "rmse": float(np.sqrt(within / 365)),
  "variance": float(sum((labels == k).sum() * x[labels == k].var() for k in set(labels)) / 365),
}))`;
      const expected = JSON.parse(execFileSync(python, ['-c', script, canesm2], { encoding: 'utf8' }));
      const labels = csv('blocks.csv', [
        'time,label',
        ...Array.from({ length: 365 }, (_, i) => `${i + 1},${Math.floor(i / 60)}`),
      ]);
      const { code, stdout } = await cli.run(['evaluate', canesm2, '--labels', labels, '--json']);
      expect(code).toBe(0);
      const { metrics } = JSON.parse(stdout);
      for (const [name, value] of Object.entries<number>(expected)) {
        expect(Math.abs(metrics[name] / value - 1), name).toBeLessThan(1e-4);
      }
    });
  },
);
