import { describe, expect, it } from 'vitest';
import { checks } from '../../../bench/published/checks';
import type { Check } from '../../../bench/published/checks/check';
import { add, type Entry } from '../../../bench/published/record';
import { tableOf } from '../../../bench/published/table';

const check = checks[0];

function entry(seed: number, score: number, changes: Partial<Entry> = {}): Entry {
  const scores = { acc: score, purity: score, nmi: score, ari: score, ri: score };
  return {
    check: check.id,
    seed,
    n: check.rows,
    options: check.options,
    ...scores,
    emptyClusters: 0,
    seconds: 10,
    processorSeconds: 200,
    ...changes,
  };
}

const [{ value, spread = 0 }]: Check['published'] = check.published;
/** The line of the check in the first table. */
const lineOf = (entries: Entry[]): string =>
  tableOf(entries)
    .split('\n')
    .find((line) => line.startsWith(`| \`${check.id}\``)) ?? '';

describe('the record of published checks', () => {
  it('keeps one run for each check, seed and number of rows: the last', () => {
    const first = add(add([], entry(2, 0.5)), entry(1, 0.4));
    expect(first.map(({ seed }) => seed)).toEqual([1, 2]);
    const again = add(first, entry(2, 0.6));
    expect(again.map(({ acc }) => acc)).toEqual([0.4, 0.6]);
    expect(add(again, entry(2, 0.1, { n: 100 }))).toHaveLength(3);
  });
});

describe('the table of published checks', () => {
  it('says that a figure was reached, or by how much it was missed', () => {
    expect(lineOf([entry(1, value - spread)])).toContain('| reached |');
    expect(lineOf([entry(1, value - spread - 0.1), entry(2, value - spread - 0.1)])).toMatch(
      new RegExp(`\\| ${(spread + 0.1).toFixed(4)} \\w+ short \\|`),
    );
    expect(lineOf([entry(1, value - 0.002), entry(2, value)])).toContain(
      `${(value - 0.001).toFixed(4)} ± 0.0014`,
    );
  });

  it('leaves out runs with other options, and sets runs on a part of the data apart', () => {
    const other = tableOf([entry(1, 1, { options: { steps: 1 } })]);
    expect(other).toContain('No check has been run yet.');
    const part = tableOf([entry(1, 1, { n: 100 })]);
    expect(part).toContain('## On a part of the data');
    expect(part).toContain('Not run yet:');
    expect(part).not.toContain('| reached |');
  });
});

describe('the list of published checks', () => {
  it('has ids of its own and sources for all figures', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { id, published } of checks) {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      for (const figure of published) expect(figure.source.length).toBeGreaterThan(5);
    }
  });
});
