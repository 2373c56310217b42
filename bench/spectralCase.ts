import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adjustedRandIndex } from '../src/core/evaluation/matching';
import { createProducts } from '../src/core/evaluation/products';
import { affinityFromCoefficients, type SparseAffinity } from '../src/core/evaluation/sparse';
import { spectralClustering } from '../src/core/evaluation/spectral';
import { seriesSelfExpression } from '../src/core/model/seriesSelfExpression';
import { Random } from '../src/core/random';
import { persistentLabels } from './evaluationTable';
import { Peer } from './peer';

interface Options {
  readonly root: string;
  readonly threads: number;
  option(name: string, fallback: number): number;
}

/** Dimensions of the subspace of each regime. */
const RANK = 4;

/** Embeddings of persistent regimes: each in a subspace of its own, steps alike that follow each other, and noise. [n, D] */
function embeddings(n: number, dimensions: number, labels: Int32Array, random: Random): Float32Array {
  const k = Math.max(...labels) + 1;
  const bases = Float64Array.from({ length: k * RANK * dimensions }, () => random.normal());
  const place = new Float64Array(RANK);
  const z = new Float32Array(n * dimensions);
  for (let t = 0; t < n; t++) {
    for (let r = 0; r < RANK; r++) place[r] = 0.7 * place[r] + 0.7 * random.normal();
    for (let j = 0; j < dimensions; j++) {
      let value = 0.4 * random.normal();
      for (let r = 0; r < RANK; r++) value += place[r] * bases[(labels[t] * RANK + r) * dimensions + j];
      z[t * dimensions + j] = value;
    }
  }
  return z;
}

/** Self-expression, affinity and spectral labels of a long series: times, and the memory of the whole process. */
export async function spectralCase({ root, threads, option }: Options): Promise<void> {
  const [n, dimensions, k] = [option('n', 14_600), option('d', 64), option('k', 7)];
  const random = new Random(option('seed', 1));
  const truth = persistentLabels(n, k, random);
  const z = embeddings(n, dimensions, truth, random);
  const products = await createProducts({ threads, log: console.error });
  const started = performance.now();
  const times: [string, number, number][] = [];
  let last = started;
  let used = process.cpuUsage();
  const lap = (name: string): void => {
    const { user, system } = process.cpuUsage(used);
    times.push([name, (performance.now() - last) / 1000, (user + system) / 1e6]);
    last = performance.now();
    used = process.cpuUsage();
  };
  const c = await seriesSelfExpression(z, n, dimensions, 20, { products });
  lap('self-expression');
  const affinity = affinityFromCoefficients(c, n);
  lap('affinity');
  const { labels, eigenvalues } = await spectralClustering(affinity, k, new Random(1));
  lap('spectral clustering');
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  await products.dispose();
  console.log(`n = ${n}, D = ${dimensions}, K = ${k}; ${products.description}`);
  console.log(
    `${(c.value.length / n).toFixed(1)} coefficients a step, ${affinity.values.length} of the affinity`,
  );
  for (const [name, seconds, cpu] of times) {
    console.log(`${name}: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of processor time`);
  }
  console.log(`peak memory of the process: ${peak.toFixed(2)} GiB`);
  console.log(`adjusted Rand index with the regimes: ${adjustedRandIndex(labels, truth).toFixed(4)}`);
  if (option('compare', 1) !== 0) await compare(root, affinity, k, { labels, eigenvalues, truth });
}

/** The same affinity by scikit-learn, in a process of its own. */
async function compare(
  root: string,
  { n, starts, columns, values }: SparseAffinity,
  k: number,
  ours: { labels: Int32Array; eigenvalues: Float64Array; truth: Int32Array },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const peer = new Peer(root, 'peer_evaluation.py');
  try {
    const rows = new Int32Array(columns.length);
    for (let i = 0; i < n; i++) rows.fill(i, starts[i], starts[i + 1]);
    const files = {
      rows: join(folder, 'rows'),
      columns: join(folder, 'columns'),
      values: join(folder, 'values'),
    };
    writeFileSync(files.rows, rows);
    writeFileSync(files.columns, columns);
    writeFileSync(files.values, values);
    const theirs = await peer.ask<{ seconds: number; labels: number[]; eigenvalues: number[] }>({
      spectral: { n, k, ...files },
    });
    const difference = Math.max(
      ...theirs.eigenvalues.map((value, i) => Math.abs(value - ours.eigenvalues[i])),
    );
    console.log(
      `scikit-learn's spectral clustering of that affinity: ${theirs.seconds.toFixed(1)} s; adjusted Rand index with the ` +
        `regimes ${adjustedRandIndex(theirs.labels, ours.truth).toFixed(4)}, with ours ` +
        `${adjustedRandIndex(theirs.labels, ours.labels).toFixed(4)}; eigenvalues within ${difference.toExponential(1)}`,
    );
  } finally {
    peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
