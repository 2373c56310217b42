/** Small methods whose outcome is known, and comparisons of them on the bundled sample. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompareOptions } from '../../../src/core/compare/compare';
import type { CompareConfig } from '../../../src/core/compare/config';
import { fitHere, type FitRunner } from '../../../src/core/compare/fit';
import { defaultHyperParameters } from '../../../src/core/config';
import { UserError } from '../../../src/core/errors';
import type { Fit, Method } from '../../../src/core/methods/method';
import { Random } from '../../../src/core/random';

export const sample = fileURLToPath(
  new URL('../../../media/sample/ncep_r1_hornafrica_daily_2008.nc', import.meta.url),
);
export const STEPS = 366;

const method = (id: string, fit: Method['fit'], more: Partial<Method> = {}): Method => ({
  id,
  title: id,
  kind: 'classical',
  reference: 'Nobody (2000)',
  description: 'For tests.',
  fit,
  ...more,
});

/** The year in K parts of equal length. */
export const parts = (n: number, clusters: number): Int32Array =>
  Int32Array.from({ length: n }, (_, t) => Math.floor((t * clusters) / n));

/** Always the parts of the year. */
export const calendar = method(
  'calendar',
  async ({ table }, { clusters }) => ({ labels: parts(table.n, clusters) }),
  { title: 'Calendar_100% & more', deterministic: true },
);

/** The parts of the year with numbers that the seed turns round: the same partition for every seed. */
export const turned = method('turned', async ({ table }, { clusters, seed }) => ({
  labels: parts(table.n, clusters).map((label) => (label + seed) % clusters),
}));

/** Chance; and as an alternative labels that leave the last cluster empty. */
export const dice = method('dice', async ({ table }, { clusters, seed, warn, progress }): Promise<Fit> => {
  warn?.('It is chance.');
  progress?.(0.5);
  const random = new Random(seed);
  const labels = Int32Array.from({ length: table.n }, () => random.integer(clusters));
  return { labels, alternatives: { fewer: labels.map((label) => Math.min(label, clusters - 2)) } };
});

/** Fails for seed 2, by the user's data. */
export const picky = method('picky', async ({ table }, { clusters, seed }) => {
  if (seed === 2) throw new UserError('Too few time steps for | this.');
  return { labels: parts(table.n, clusters) };
});

/** Fails always, by a fault of its own. */
export const faulty = method('faulty', async () => {
  throw new TypeError('x is not a function');
});

/** Breaks the contract. */
export const lawless = method('lawless', async ({ table }, { clusters }) => ({
  labels: new Int32Array(table.n).fill(clusters),
}));

export const testMethods = [calendar, turned, dice, picky, faulty, lawless];

/** Fits here, at a cost that is the same every time. */
export function standardFits(
  methods: readonly Method[] = testMethods,
  before?: (id: string, seed: number) => void,
): FitRunner {
  return async (job, hooks) => {
    before?.(job.method, job.seed);
    const outcome = await fitHere(
      job,
      hooks,
      methods.find(({ id }) => id === job.method),
    );
    return outcome.state === 'done'
      ? { ...outcome, cost: { seconds: 1.5, processorSeconds: 2, peakMemory: 100, memoryBefore: 90 } }
      : outcome;
  };
}

export const options = (methods: readonly Method[] = testMethods): CompareOptions => ({
  methods,
  fit: standardFits(methods),
});

export const config = (out: string, more: Partial<CompareConfig> = {}): CompareConfig => ({
  files: [sample],
  select: {},
  engine: 'cpu',
  memoryLimit: 4000,
  out: path.resolve(out),
  hyperParameters: { ...defaultHyperParameters(), clusters: 4 },
  methods: ['calendar', 'turned', 'dice'],
  seeds: [1, 2, 3],
  ...more,
});
