/**
 * Speed of metrics and k-means against scikit-learn, and the memory of self-expression and spectral clustering of long
 * series: `npm run bench evaluation`. Both sides take turns, round by round, on the same table.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsInMemory } from '../src/core/data/rows';
import { kmeansOfRows } from '../src/core/evaluation/kmeansOfRows';
import { evaluate, type Metrics } from '../src/core/evaluation/metrics';
import { createProducts } from '../src/core/evaluation/products';
import { Random } from '../src/core/random';
import { Peer } from './peer';
import { persistentLabels, structuredTable } from './evaluationTable';
import { spectralCase } from './spectralCase';
import { geometricMean, median } from './statistics';

const option = (name: string, fallback: number): number => {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
};
const chosen = process.argv.find((argument) => argument.startsWith('--case='))?.slice('--case='.length);
const root = join(__dirname, '..', '..');
const threads = option('threads', availableParallelism());
const rounds = option('rounds', 5);
const restarts = option('restarts', 5);
/** How close the values of both sides must be before anything is timed. */
const AGREEMENT = 1e-6;

const spread = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;

interface Turns {
  readonly ours: number[];
  readonly theirs: number[];
  readonly note: string;
}

function row(what: string, { ours, theirs, note }: Turns): number {
  const ratios = ours.map((seconds, i) => theirs[i] / seconds);
  console.log(`| ${what} | ${spread(ours)} | ${spread(theirs)} | ${spread(ratios)} | ${note} |`);
  return median(ratios);
}

async function timed<T>(task: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const start = performance.now();
  const value = await task();
  return { seconds: (performance.now() - start) / 1000, value };
}

const largestDifference = (ours: Metrics, theirs: Metrics): number =>
  Math.max(
    ...(Object.keys(ours) as (keyof Metrics)[]).map(
      (key) => Math.abs(ours[key] - theirs[key]) / Math.abs(theirs[key]),
    ),
  );

async function againstScikitLearn(): Promise<void> {
  const [n, d, k] = [option('n', 4018), option('d', 11_767), option('k', 7)];
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const peer = new Peer(root, 'peer_evaluation.py');
  try {
    const random = new Random(option('seed', 1));
    const labels = persistentLabels(n, k, random);
    const x = structuredTable(n, d, labels, random);
    const [file, labelFile] = [join(folder, 'x'), join(folder, 'labels')];
    writeFileSync(file, x);
    writeFileSync(labelFile, labels);
    const { versions } = await peer.ask<{ versions: string }>({
      load: { file, n, d, labels: labelFile, threads },
    });
    rmSync(folder, { recursive: true });
    const products = await createProducts({ threads, log: console.error });
    const rows = rowsInMemory(x, n, d);
    console.log(`n = ${n}, d = ${d}, K = ${k}, float32; ${products.description}; ${versions}\n`);
    console.log('| seconds | ours | scikit-learn | scikit-learn / ours | |\n| --- | --- | --- | --- | --- |');
    const ratios: number[] = [];

    if (chosen !== 'kmeans') {
      const exact = await peer.ask<{ values: Metrics }>({ metrics: 'float64' });
      const difference = largestDifference(await evaluate(rows, labels, { products }), exact.values);
      if (!(difference <= AGREEMENT)) throw new Error(`The metrics differ by ${difference}.`);
      const turns: Turns = {
        ours: [],
        theirs: [],
        note: `largest relative difference ${difference.toExponential(1)} (scikit-learn in float64)`,
      };
      for (let round = 0; round < rounds; round++) {
        turns.ours.push((await timed(() => evaluate(rows, labels, { products }))).seconds);
        turns.theirs.push((await peer.ask<{ seconds: number }>({ metrics: 'float32' })).seconds);
      }
      ratios.push(row('eight metrics', turns));
    }

    if (chosen !== 'metrics') {
      const turns = { ours: [] as number[], theirs: [] as number[] };
      const inertias = { ours: [] as number[], theirs: [] as number[] };
      for (let seed = 1; seed <= rounds; seed++) {
        const ours = await timed(() => kmeansOfRows(rows, k, new Random(seed), { restarts, products }));
        turns.ours.push(ours.seconds);
        inertias.ours.push(ours.value.inertia);
        const theirs = await peer.ask<{ seconds: number; inertia: number }>({
          kmeans: { k, restarts, seed },
        });
        turns.theirs.push(theirs.seconds);
        inertias.theirs.push(theirs.inertia);
      }
      const excess = median(inertias.ours) / median(inertias.theirs) - 1;
      ratios.push(
        row(`k-means, ${restarts} starts`, {
          ...turns,
          note: `inertia ${excess <= 0 ? '' : '+'}${(100 * excess).toFixed(4)}% (median), best of all seeds ${((100 * Math.min(...inertias.ours)) / Math.min(...inertias.theirs) - 100).toFixed(4)}%`,
        }),
      );
    }
    console.log(`\nGeometric mean: ${geometricMean(ratios).toFixed(2)}`);
    await products.dispose();
  } finally {
    peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  console.log(`${cpus()[0].model}, ${threads} threads, Node ${process.versions.node}`);
  if (chosen === 'spectral') await spectralCase({ root, threads, option });
  else await againstScikitLearn();
}

void main();
