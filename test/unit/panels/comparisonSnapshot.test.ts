import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareMethods } from '../../../src/core/compare/compare';
import { comparisonFiles } from '../../../src/core/compare/files';
import {
  comparisonEntries,
  comparisonSnapshot,
  comparisonText,
} from '../../../src/panels/comparisonSnapshot';
import { comparisonSnapshot as schema } from '../../../src/protocol/comparison';
import type { ActiveComparison } from '../../../src/runs/comparisonService';
import { config, options, sample } from '../compare/support';
import { temporaryFolder } from '../results/temporary';

const folder = temporaryFolder();
const compare = (out: string, more = {}) =>
  compareMethods(
    config(path.join(folder, out), { methods: ['calendar', 'dice', 'picky', 'faulty'], ...more }),
    {},
    options(),
  );

describe('what the panel of a comparison is sent', () => {
  it('is what its files say, and can cross to a webview', async () => {
    const { directory } = await compare('a');
    const snapshot = await comparisonSnapshot(directory, undefined);
    // As JSON: nothing is lost on the way.
    expect(schema.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(JSON.parse(JSON.stringify(snapshot)));
    expect(snapshot).toMatchObject({
      state: 'finished',
      files: [path.basename(sample)],
      hasFiles: true,
      progress: { done: 10, total: 10, failed: 4 },
    });
    const figures = snapshot.figures!;
    expect(figures.means.rows.map(({ name }) => name)).toEqual([
      'Calendar_100% & more',
      'dice',
      'dice (fewer) †',
      'picky',
      'faulty',
    ]);
    expect(figures.means.rows[4].failure).toBe('x is not a function');
    // Of those that failed now and then; the others say so in the table.
    expect(figures.failures).toEqual([{ title: 'picky', reason: 'Too few time steps for | this.' }]);
    expect(figures.charts).toHaveLength(7);
    expect(figures.charts[0].rows.map(({ values }) => values.length)).toEqual([1, 3, 3, 2]);
  });

  it('knows the fit that goes on here', async () => {
    const { directory } = await compare('b', { methods: ['calendar'] });
    const active: ActiveComparison = {
      id: 1,
      state: 'running',
      directory,
      progress: {
        directory,
        done: 0,
        total: 1,
        failed: 0,
        current: { method: 'calendar', title: 'Calendar', seed: 1, share: 0.25 },
      },
    };
    const snapshot = await comparisonSnapshot(directory, active);
    expect(snapshot).toMatchObject({
      state: 'running',
      progress: { current: 'Calendar, seed 1', share: 0.25 },
    });
    expect((await comparisonSnapshot(directory, { ...active, state: 'interrupted' })).state).toBe('finished');
  });

  it('says why there is none', async () => {
    const snapshot = await comparisonSnapshot(path.join(folder, 'nowhere'), undefined);
    expect(snapshot).toMatchObject({ state: 'missing', figures: null });
    expect(snapshot.message).toContain('comparison.json');
  });

  it('is copied as the files have it', async () => {
    const { directory } = await compare('c');
    expect(await comparisonText(directory, 'means', 'Markdown')).toContain('| dice | ');
    expect(await comparisonText(directory, 'cost', 'LaTeX')).toContain('\\label{tab:comparison-cost}');
    expect(await comparisonText(directory, 'best', 'CSV')).toMatch(/^method,labels,title,selectedBy/);
    expect(await comparisonText(directory, 'agreement', 'CSV')).toMatch(/^kind,a,b,ari/);
  });
});

it('lists the comparisons of the same data files, newest first', async () => {
  const first = await compare('d', { methods: ['calendar'] });
  const second = await compare('d', { methods: ['dice'] });
  const out = path.join(folder, 'd');
  // Made within the same second, they would be in any order.
  const newer = path.join(out, 'compare-9999-01-01T00-00-00-0000');
  renameSync(second.directory, newer);
  mkdirSync(path.join(out, 'compare-damaged'));
  writeFileSync(path.join(out, 'compare-damaged', comparisonFiles.comparison), '{');
  const entries = await comparisonEntries(out, [sample]);
  expect(entries.map(({ directory }) => directory)).toEqual([newer, first.directory]);
  expect(entries[0].means?.rows[0].name).toBe('dice');
  expect(await comparisonEntries(out, ['/other.nc'])).toEqual([]);
  expect(await comparisonEntries(path.join(folder, 'nowhere'), [sample])).toEqual([]);
});
