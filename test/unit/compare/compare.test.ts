import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareMethods, resumeComparison } from '../../../src/core/compare/compare';
import { readFigures } from '../../../src/core/compare/figures';
import { comparisonFiles, readComparison, readFits, writeComparison } from '../../../src/core/compare/files';
import { loadFrames } from '../../../src/core/data/loadFrames';
import { accuracy, adjustedRandIndex } from '../../../src/core/evaluation/matching';
import { evaluate } from '../../../src/core/evaluation/metrics';
import { normalizedMutualInformation } from '../../../src/core/evaluation/mutualInformation';
import { plainProducts } from '../../../src/core/evaluation/products';
import { methods as registry } from '../../../src/core/methods/methods';
import { parseCsv } from '../../../src/core/results/csv';
import { listRuns } from '../../../src/core/results/listRuns';
import { runFiles } from '../../../src/core/results/runDirectory';
import { claimRun } from '../../../src/core/results/runLock';
import { temporaryFolder } from '../results/temporary';
import { config, options, parts, sample, standardFits, STEPS, testMethods } from './support';

const folder = temporaryFolder();
const tables = Object.values(comparisonFiles).filter((name) => /\.(csv|md|tex)$/.test(name));
const text = (directory: string, name: string): string => readFileSync(path.join(directory, name), 'utf8');
const csv = (directory: string, name: string): Record<string, string>[] => {
  const [header, ...rows] = parseCsv(text(directory, name));
  return rows.map((row) => Object.fromEntries(header.map((key, i) => [key, row[i]])));
};

describe('a comparison', () => {
  it('has the metrics that evaluate() gives on the same table, for every method, seed and alternative', async () => {
    const own = config(folder, { methods: ['dice', 'k-means'], seeds: [1, 2] });
    const all = [...testMethods, ...registry];
    const { directory, comparison } = await compareMethods(own, {}, { methods: all, fit: standardFits(all) });
    expect(comparison.rows.map(({ id }) => id)).toEqual(['dice', 'dice.fewer', 'k-means']);
    const frames = await loadFrames(own);
    const rows = csv(directory, comparisonFiles.long);
    for (const row of comparison.rows) {
      const values: number[] = [];
      for (const fit of row.fits) {
        const metrics = await evaluate(frames.table, fit.labels, { products: plainProducts });
        for (const [key, value] of Object.entries(metrics))
          expect(fit.metrics[key as keyof typeof metrics]).toBeCloseTo(value, 5);
        const written = rows.find(
          ({ method, labels, seed }) =>
            [method, labels].filter(Boolean).join('.') === row.id && Number(seed) === fit.seed,
        )!;
        expect(Number(written.rmse)).toBe(fit.metrics.rmse);
        expect(Number(written.nonEmptyClusters)).toBe(new Set(fit.labels).size);
        values.push(fit.metrics.rmse);
      }
      const mean = (values[0] + values[1]) / 2;
      expect(row.metrics.rmse.mean).toBeCloseTo(mean, 12);
      // Of two values the standard deviation is their difference over the root of two.
      expect(row.metrics.rmse.sd).toBeCloseTo(Math.abs(values[0] - values[1]) / Math.SQRT2, 12);
    }
    expect(comparison.rows[1].nonEmpty).toEqual({ least: 3, most: 3 });
    const best = comparison.rows[0].fits.reduce((a, b) =>
      b.metrics.silhouetteCosine > a.metrics.silhouetteCosine ? b : a,
    );
    expect(csv(directory, comparisonFiles.best)[0]).toMatchObject({
      method: 'dice',
      seed: String(best.seed),
    });
    await frames.table.close();
  });

  it('fits a deterministic method once, and gives no deviation where all seeds agree', async () => {
    const { directory, comparison } = await compareMethods(config(folder), {}, options());
    const [calendar, turned, dice] = comparison.rows;
    expect(calendar.fits.map(({ seed }) => seed)).toEqual([1]);
    expect(turned.identical).toBe(true);
    expect(turned.stability?.ari).toEqual({ mean: 1, sd: 0, n: 3 });
    expect(dice.identical).toBe(false);
    expect(readdirSync(path.join(directory, 'fits')).sort()).toEqual([
      'calendar.seed1.json',
      ...[1, 2, 3].map((seed) => `dice.seed${seed}.json`),
      ...[1, 2, 3].map((seed) => `turned.seed${seed}.json`),
    ]);
    const markdown = text(directory, comparisonFiles.markdown);
    const [means, cost] = markdown.split('## Stability and cost');
    const line = (part: string, name: string): string =>
      part.split('\n').find((one) => one.startsWith(`| ${name}`))!;
    expect(line(means, 'Calendar')).not.toContain('±');
    expect(line(means, 'turned')).not.toContain('±');
    expect(line(means, 'dice |').split('±').length - 1).toBe(7);
    expect(line(cost, 'Calendar')).toContain('1 (deterministic)');
    expect(line(cost, 'turned')).toContain('3, all equal');
    // Times differ whatever the labels do.
    expect(line(cost, 'turned')).toContain('1.500 ± 0.000');
  });

  it('keeps all labels beside the times, with numbers that match the first column', async () => {
    const { directory } = await compareMethods(config(folder), {}, options());
    const rows = csv(directory, comparisonFiles.labels);
    expect(rows).toHaveLength(STEPS);
    expect(Object.keys(rows[0]).slice(0, 5)).toEqual([
      'time',
      'calendar_seed1',
      'turned_seed1',
      'turned_seed2',
      'turned_seed3',
    ]);
    const expected = parts(STEPS, 4);
    rows.forEach((row, t) => {
      expect(Number(row.calendar_seed1)).toBe(expected[t]);
      // The seed had turned the numbers round.
      for (const seed of [1, 2, 3]) expect(Number(row[`turned_seed${seed}`])).toBe(expected[t]);
    });
    expect(rows[59].time).toBe('2008-02-29T00:00:00');
  });

  it('says how methods agree with one another, and with themselves', async () => {
    const { directory, comparison } = await compareMethods(config(folder), {}, options());
    const rows = csv(directory, comparisonFiles.agreement);
    expect(rows.map(({ kind, a, b, pairs }) => [kind, a, b, pairs])).toEqual([
      ['between seeds', 'turned', 'turned', '3'],
      ['between seeds', 'dice', 'dice', '3'],
      ['between seeds', 'dice.fewer', 'dice.fewer', '3'],
      ['between methods', 'calendar', 'turned', '3'],
      ['between methods', 'calendar', 'dice', '3'],
      ['between methods', 'calendar', 'dice.fewer', '3'],
      ['between methods', 'turned', 'dice', '3'],
      ['between methods', 'turned', 'dice.fewer', '3'],
      ['between methods', 'dice', 'dice.fewer', '3'],
    ]);
    expect(rows[3]).toMatchObject({ ari: '1', nmi: '1' });
    const [calendar, , dice] = comparison.rows;
    const each = dice.fits.map(({ labels }) => adjustedRandIndex(calendar.fits[0].labels, labels));
    expect(Number(rows[4].ari)).toBeCloseTo((each[0] + each[1] + each[2]) / 3, 12);
  });

  it('scores the labels against a truth', async () => {
    const truth = path.join(folder, 'truth.csv');
    const labels = parts(STEPS, 3);
    writeFileSync(
      truth,
      `time,label\n${Array.from(labels, (label, t) => `${t},regime ${label}`).join('\n')}\n`,
    );
    const { directory, comparison } = await compareMethods(config(folder, { truth }), {}, options());
    const [calendar] = comparison.rows;
    const own = calendar.fits[0];
    expect(own.truth).toEqual({
      acc: accuracy(own.labels, labels),
      nmi: normalizedMutualInformation(own.labels, labels),
      ari: adjustedRandIndex(own.labels, labels),
    });
    expect(own.truth!.acc).toBeCloseTo(2 / 3);
    expect(Number(csv(directory, comparisonFiles.table)[0].acc)).toBe(own.truth!.acc);
    expect(text(directory, comparisonFiles.markdown)).toContain(
      '| Method | Mean rank ↓ | ACC ↑ | NMI ↑ | ARI ↑ |',
    );
    expect(csv(directory, comparisonFiles.labels)[0].truth).toBe('0');
    // A truth that has changed would give scores of something else.
    appendFileSync(truth, '\n');
    await expect(resumeComparison(directory, {}, options())).rejects.toThrow(/truth\.csv has changed/);
  });

  it('takes each method and each seed once', async () => {
    const own = config(folder, { methods: ['turned', 'turned'], seeds: [3, 3, 1] });
    const { comparison } = await compareMethods(own, {}, options());
    expect(comparison.rows.map(({ fits }) => fits.map(({ seed }) => seed))).toEqual([[3, 1]]);
  });

  it('is refused where the truth does not fit the data, before it has a directory', async () => {
    const out = path.join(folder, 'none');
    const truth = path.join(folder, 'short.csv');
    writeFileSync(truth, 'time,label\n0,1\n1,1\n');
    await expect(compareMethods(config(out, { truth }), {}, options())).rejects.toThrow(/short\.csv/);
    await expect(compareMethods(config(out, { variables: ['nothing'] }), {}, options())).rejects.toThrow(
      /nothing/,
    );
    await expect(compareMethods(config(out, { methods: ['nobody'] }), {}, options())).rejects.toThrow(
      /calendar/,
    );
    expect(existsSync(out)).toBe(false);
  });
});

describe('methods that fail', () => {
  const methods = ['calendar', 'picky', 'faulty', 'lawless'];

  it('are rows with their reasons and stop nothing', async () => {
    const warnings: string[] = [];
    const own = config(folder, { methods, seeds: [1, 2] });
    const { directory, comparison } = await compareMethods(
      own,
      { warn: (message) => warnings.push(message) },
      options(),
    );
    const [calendar, picky, faulty, lawless] = comparison.rows;
    expect(picky.fits.map(({ seed }) => seed)).toEqual([1]);
    expect(picky.failures).toEqual([{ seed: 2, reason: 'Too few time steps for | this.' }]);
    expect(faulty.failures.map(({ reason }) => reason)).toEqual([
      'x is not a function',
      'x is not a function',
    ]);
    expect(lawless.failures[0].reason).toBe('The method gave the label 4 where there are 4 clusters.');
    expect(warnings).toContain('picky, seed 2 failed: Too few time steps for | this.');
    // The two that worked found the same.
    expect([calendar.rank, picky.rank, faulty.rank]).toEqual([1.5, 1.5, undefined]);

    const long = csv(directory, comparisonFiles.long);
    expect(long.find(({ method, seed }) => method === 'picky' && seed === '2')).toMatchObject({
      state: 'failed',
      reason: 'Too few time steps for | this.',
      rmse: '',
    });
    const markdown = text(directory, comparisonFiles.markdown);
    expect(markdown).toContain('| faulty | failed: x is not a function |');
    expect(markdown).toContain('picky, failed fits: Too few time steps for \\| this.');
    expect(markdown).toContain('| picky | 1 of 2 |');
    expect(text(directory, comparisonFiles.latex)).toContain(
      'faulty & \\multicolumn{8}{l}{failed: x is not a function} \\\\',
    );
    expect((await readComparison(directory)).state).toBe('finished');
  });

  it('are tried again when the comparison is resumed, and only they', async () => {
    const own = config(folder, { methods, seeds: [1, 2] });
    const { directory } = await compareMethods(own, {}, options());
    const fitted: string[] = [];
    const fit = standardFits(testMethods, (id, seed) => fitted.push(`${id} ${seed}`));
    await resumeComparison(directory, {}, { methods: testMethods, fit });
    expect(fitted).toEqual(['faulty 1', 'lawless 1', 'picky 2', 'faulty 2', 'lawless 2']);
  });
});

describe('an interrupted comparison', () => {
  /** Aborts when the third fit begins. */
  async function stopMidway(out: string, more = {}): Promise<string> {
    const stop = new AbortController();
    const seen: string[] = [];
    const fit = standardFits(testMethods, (id, seed) => {
      seen.push(`${id} ${seed}`);
      if (seen.length === 3) stop.abort();
    });
    let directory = '';
    await expect(
      compareMethods(
        config(out, more),
        { signal: stop.signal, progress: (progress) => (directory = progress.directory) },
        { methods: testMethods, fit },
      ),
    ).rejects.toMatchObject({ name: 'CancelledError' });
    return directory;
  }

  it('has no tables yet, and says that it was stopped', async () => {
    const directory = await stopMidway(folder);
    expect((await readComparison(directory)).state).toBe('interrupted');
    expect((await readFits(directory)).map(({ method, seed }) => `${method} ${seed}`).sort()).toEqual([
      'calendar 1',
      'turned 1',
    ]);
    expect(readdirSync(directory).sort()).toEqual(['comparison.json', 'fits']);
    // What there is, can be looked at.
    const { comparison } = await readFigures(directory);
    expect(comparison.rows.map(({ id, fits }) => [id, fits.length])).toEqual([
      ['calendar', 1],
      ['turned', 1],
    ]);
  });

  it('comes to the same tables, byte for byte, when it is resumed', async () => {
    const whole = await compareMethods(config(folder), {}, options());
    const directory = await stopMidway(folder);
    const fitted: string[] = [];
    const fit = standardFits(testMethods, (id, seed) => fitted.push(`${id} ${seed}`));
    const progress: number[] = [];
    await resumeComparison(
      directory,
      { progress: ({ done, total }) => progress.push(done / total) },
      { methods: testMethods, fit },
    );
    expect(fitted).toEqual(['dice 1', 'turned 2', 'dice 2', 'turned 3', 'dice 3']);
    expect(progress[0]).toBeCloseTo(2 / 7);
    expect(progress.at(-1)).toBe(1);
    for (const name of tables) expect(text(directory, name), name).toBe(text(whole.directory, name));
    expect(await readComparison(directory)).toMatchObject({
      state: 'finished',
      config: { seeds: [1, 2, 3] },
    });
  });

  it('says what has changed since: the version, the machine', async () => {
    const directory = await stopMidway(folder);
    const info = await readComparison(directory);
    await writeComparison(directory, {
      ...info,
      versions: { ...info.versions, extension: '0.0.1' },
      machine: { ...info.machine, cores: 999 },
    });
    const warnings: string[] = [];
    await resumeComparison(directory, { warn: (message) => warnings.push(message) }, options());
    expect(warnings).toEqual([
      expect.stringContaining('began with version 0.0.1'),
      expect.stringContaining('999 processors'),
    ]);
  });

  it('is not resumed with data that have changed', async () => {
    const copy = path.join(folder, 'copy.nc');
    copyFileSync(sample, copy);
    const directory = await stopMidway(folder, { files: [copy] });
    appendFileSync(copy, 'x');
    await expect(resumeComparison(directory, {}, options())).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(/copy\.nc has changed/) }),
    );
  });

  it('is not resumed while somebody works on it, nor from another folder', async () => {
    const directory = await stopMidway(folder);
    const claim = await claimRun(directory);
    await expect(resumeComparison(directory, {}, options())).rejects.toThrow(/is being worked on/);
    await claim.release();
    await expect(resumeComparison(folder, {}, options())).rejects.toThrow(
      /not the directory of a comparison/,
    );
    expect(existsSync(path.join(folder, runFiles.lock))).toBe(false);
  });

  it('ends as interrupted when the data cannot be read any more', async () => {
    const fit = async (): Promise<never> => {
      throw new Error('the disk is gone');
    };
    let directory = '';
    const hooks = { progress: (progress: { directory: string }) => (directory = progress.directory) };
    await expect(compareMethods(config(folder), hooks, { methods: testMethods, fit })).rejects.toThrow(
      'the disk is gone',
    );
    expect(await readComparison(directory)).toMatchObject({
      state: 'interrupted',
      message: 'the disk is gone',
    });
  });
});

it('is no run', async () => {
  const out = path.join(folder, 'runs.clusters');
  await compareMethods(config(out, { methods: ['calendar'] }), {}, options());
  expect(readdirSync(out)).toHaveLength(1);
  expect(await listRuns(out)).toEqual([]);
});
