/**
 * How well the number of clusters is chosen where it is known, one line a data set, and a table of them all in Markdown:
 * `npm run bench clusterNumber -- [blobs5 G2 noise ...] [file.nc ...] [--seeds 1,2,3] [--most 12]`
 */
import { basename } from 'node:path';
import { resolveHyperParameters } from '../src/core/config';
import { chooseClusters, DEFAULT_MOST } from '../src/core/choose/chooseClusters';
import { certainties, criterionNames, type ClusterChoice } from '../src/core/choose/choice';
import { loadFrames } from '../src/core/data/loadFrames';
import { rowsInMemory, type Rows } from '../src/core/data/rows';
import { createProducts } from '../src/core/evaluation/products';
import { synthesize, type SyntheticCase, type SyntheticOptions } from '../src/core/evaluation/synthetic';
import { Random } from '../src/core/random';

const LENGTH = 365;

const args = process.argv.slice(2);
const wanted: string[] = [];
let seeds = [1, 2, 3, 4, 5];
let most = DEFAULT_MOST;
for (let i = 0; i < args.length; i++) {
  if (args[i] === '--seeds') seeds = args[++i].split(',').map(Number);
  else if (args[i] === '--most') most = Number(args[++i]);
  else wanted.push(args[i]);
}

/** Data, and how many of the regimes occur in them; 1 where there are none. */
interface Known {
  readonly table: Rows;
  readonly clusters: number;
}

/** Regimes whose centres lie far apart beside the noise about them; each lasts 20 days on average. */
function blobs(k: number, seed: number): Known {
  const [random, d] = [new Random(seed), 12];
  const centres = Float64Array.from({ length: k * d }, () => 2 * random.normal());
  const x = new Float32Array(LENGTH * d);
  const labels = new Int32Array(LENGTH);
  let regime = 0;
  for (let t = 0; t < LENGTH; t++) {
    if (random.uniform() < 0.05 * (1 + 1 / (k - 1))) regime = random.integer(k);
    labels[t] = regime;
    for (let j = 0; j < d; j++) x[t * d + j] = centres[regime * d + j] + random.normal();
  }
  return { table: rowsInMemory(x, LENGTH, d), clusters: new Set(labels).size };
}

/** First-order autoregressive noise, its variances falling as those of EOFs do; `cycle`: with seasons. */
function noise(memory: number, cycle: number, seed: number): Known {
  const [random, d] = [new Random(seed), 12];
  const state = Float64Array.from({ length: d }, () => random.normal());
  const x = new Float32Array(LENGTH * d);
  for (let t = 0; t < LENGTH; t++) {
    for (let j = 0; j < d; j++) {
      state[j] = memory * state[j] + Math.sqrt(1 - memory * memory) * random.normal();
      const season = j < 4 ? cycle * Math.cos((2 * Math.PI * t) / 365 + j) : 0;
      x[t * d + j] = state[j] / Math.sqrt(1 + j) + season;
    }
  }
  return { table: rowsInMemory(x, LENGTH, d), clusters: 1 };
}

function generated(name: SyntheticCase, seed: number, options: SyntheticOptions = {}): Known {
  const { frames, length, labels } = synthesize(name, new Random(seed), options);
  return { table: rowsInMemory(frames, length, frames.length / length), clusters: new Set(labels).size };
}

interface Case {
  readonly title: string;
  make(seed: number): Known;
}

const cases: Readonly<Record<string, Case>> = {
  blobs3: { title: '3 separate blobs', make: (seed) => blobs(3, seed) },
  blobs5: { title: '5 separate blobs', make: (seed) => blobs(5, seed) },
  blobs8: { title: '8 separate blobs', make: (seed) => blobs(8, seed) },
  G2: {
    title: 'G2, δ = 1',
    make: (seed) => generated('G2', seed, { delta: 1 }),
  },
  G2long: {
    title: 'G2, δ = 1, 1,460 steps',
    make: (seed) => generated('G2', seed, { delta: 1, length: 1460 }),
  },
  G7: { title: 'G7', make: (seed) => generated('G7', seed) },
  G1: { title: 'G1', make: (seed) => generated('G1', seed) },
  G6: { title: 'G6', make: (seed) => generated('G6', seed) },
  white: { title: 'white noise', make: (seed) => noise(0, 0, seed) },
  red: { title: 'AR(1) noise, 0.8', make: (seed) => noise(0.8, 0, seed) },
  redder: { title: 'AR(1) noise, 0.95', make: (seed) => noise(0.95, 0, seed) },
  seasons: {
    title: 'AR(1) noise, 0.8, and an annual cycle',
    make: (seed) => noise(0.8, 1.5, seed),
  },
};

async function fromFile(file: string): Promise<Rows> {
  const config = {
    files: [file],
    select: {},
    memoryLimit: 8192,
    hyperParameters: resolveHyperParameters({}),
  };
  return (await loadFrames(config)).table;
}

/** "5 5 4 5 5": the K that was preferred, seed by seed; in brackets where it had no vote. */
function preferences(choices: readonly ClusterChoice[], name: (typeof criterionNames)[number]): string {
  return choices
    .map(({ criteria: { [name]: c } }) => (c.p <= 0.05 ? `${c.best ?? '–'}` : `(${c.best ?? '–'})`))
    .join(' ');
}

async function main(): Promise<void> {
  const products = await createProducts({ threads: 1 });
  const rows: string[] = [];
  for (const name of wanted.length > 0 ? wanted : Object.keys(cases)) {
    const known = Object.hasOwn(cases, name) ? cases[name] : undefined;
    const choices: ClusterChoice[] = [];
    const truth: number[] = [];
    for (const seed of seeds) {
      const { table, clusters } = known
        ? known.make(seed)
        : { table: await fromFile(name), clusters: undefined };
      if (clusters !== undefined) truth.push(clusters);
      const began = process.cpuUsage().user;
      const choice = await chooseClusters(table, { most, seed, products });
      choices.push(choice);
      const { recommendation: r, criteria } = choice;
      const seconds = ((process.cpuUsage().user - began) / 1e6).toFixed(1);
      const each = criterionNames.map((c) => `${c} ${criteria[c].best} p ${criteria[c].p.toFixed(2)}`);
      console.error(
        `${name} seed ${seed}: K = ${r.clusters} ${r.certainty}; ${each.join(', ')}; box ${choice.uniformGap.best}; votes ${r.support.map((s) => s.toFixed(2)).join(' ')}; block ${choice.block.length}, ${choice.eofs} EOFs, ${seconds} s`,
      );
    }
    const verdicts = certainties.flatMap((certainty) => {
      const these = choices.filter(({ recommendation: r }) => r.certainty === certainty);
      return these.length > 0
        ? [`${certainty}: ${these.map(({ recommendation: r }) => r.clusters).join(' ')}`]
        : [];
    });
    rows.push(
      `| ${[
        known?.title ?? basename(name),
        truth.length === 0 ? 'unknown' : truth.every((k) => k === 1) ? 'none' : truth.join(' '),
        ...criterionNames.map((c) => preferences(choices, c)),
        choices.map(({ uniformGap }) => uniformGap.best ?? '–').join(' '),
        verdicts.join('; '),
      ].join(' | ')} |`,
    );
  }
  await products.dispose();
  console.log('| data | clusters | elbow | silhouette | gap | stability | gap, uniform | verdict: K |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  console.log(rows.join('\n'));
}

void main();
