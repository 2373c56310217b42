/**
 * Trains A-DATSC on synthetic ground truth (G1, G2, G4, G6, G7) or on a data file and prints how well it did, one line of
 * JSON a run: `npm run bench quality -- G6 sample.nc --seeds 1,2,3 --set loss.redundancy=0.2`
 */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { hyperParameterKeys, parseHyperParameter, resolveHyperParameters } from '../src/core/config';
import type { Frames } from '../src/core/data/frames';
import { loadFrames } from '../src/core/data/loadFrames';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { rowsInMemory } from '../src/core/data/rows';
import { kmeansOfRows } from '../src/core/evaluation/kmeansOfRows';
import { accuracy, adjustedRandIndex } from '../src/core/evaluation/matching';
import { evaluate } from '../src/core/evaluation/metrics';
import { createProducts } from '../src/core/evaluation/products';
import { adjustedMutualInformation } from '../src/core/evaluation/mutualInformation';
import { affinityFromCoefficients } from '../src/core/evaluation/sparse';
import { spectralClustering } from '../src/core/evaluation/spectral';
import { synthesize, type SyntheticCase } from '../src/core/evaluation/synthetic';
import { architectureFor } from '../src/core/model/architecture';
import { seriesSelfExpression } from '../src/core/model/seriesSelfExpression';
import { Random } from '../src/core/random';
import { Trainer } from '../src/core/training/trainer';

const args = process.argv.slice(2);
const sources: string[] = [];
const settings: Record<string, unknown> = {};
let seeds = [1];
let verbose = false;
let threads = availableParallelism();
for (let i = 0; i < args.length; i++) {
  if (args[i] === '--seeds') seeds = args[++i].split(',').map(Number);
  else if (args[i] === '--verbose') verbose = true;
  else if (args[i] === '--threads') threads = Number(args[++i]);
  else if (args[i] === '--set') {
    const [key, value] = args[++i].split('=');
    settings[key] = parseHyperParameter(key, value);
  } else sources.push(args[i]);
}

const isSynthetic = (source: string): source is SyntheticCase => /^G\d$/.test(source);

/** Ground truth as if it had been read from a file. */
function syntheticFrames(
  source: SyntheticCase,
  seed: number,
): { frames: Frames; truth: Int32Array; k: number } {
  const s = synthesize(source, new Random(seed));
  const cells = s.channels * s.height * s.width;
  const table = rowsInMemory(s.frames, s.labels.length, cells);
  return {
    truth: s.labels,
    k: s.clusters,
    frames: {
      fields: Array.from({ length: s.channels }, (_, c) => ({
        name: `v${c}`,
        longName: `v${c}`,
        units: '1',
      })),
      time: {
        values: Float64Array.from(s.labels, (_, t) => t),
        units: 'days since 2001-01-01',
        calendar: 'standard',
        iso: [],
      },
      grid: {
        kind: 'rectilinear',
        height: s.height,
        width: s.width,
        latitude: new Float64Array(s.height),
        longitude: new Float64Array(s.width),
        geographic: false,
        dimensionNames: ['y', 'x'],
      },
      table,
      measured: table,
      valid: new Uint8Array(cells).fill(1),
      scaling: {
        kind: 'cell',
        minimum: new Float32Array(cells),
        maximum: new Float32Array(cells).fill(1),
        fill: new Float32Array(s.channels),
      },
      missing: { share: new Array(s.channels).fill(0), emptySteps: [] },
      notes: [],
    },
  };
}

const round = (x: number): number => Number(x.toPrecision(4));

/** How well embeddings and labels agree with the truth and how sound they are. */
async function run(source: string, seed: number): Promise<Record<string, unknown>> {
  const synthetic = isSynthetic(source) ? syntheticFrames(source, seed) : undefined;
  const h = resolveHyperParameters({ ...(synthetic ? { clusters: synthetic.k } : {}), ...settings });
  const frames =
    synthetic?.frames ??
    (await loadFrames({ files: [source], select: {}, memoryLimit: 8192, hyperParameters: h }));
  const [variables, { height, width }] = [frames.fields.length, frames.grid];
  const cells = variables * height * width;
  const { n } = frames.table;
  const a = architectureFor({ n, variables, height, width }, h);
  const started = performance.now();
  const engine = await createOnnxEngine({ threads });
  const trainer = await Trainer.create(frames, a, h, engine, {
    seed,
    hooks: {
      progress: (p) => {
        const last = p.history.at(-1);
        if (verbose && last && p.steps === 0) {
          const losses = Object.entries(last.losses).map(([key, value]) => `${key} ${round(value)}`);
          console.error(`${last.epoch} ${last.phase} ${last.seconds.toFixed(2)} s  ${losses.join('  ')}`);
        }
      },
    },
  });
  const compiled = (performance.now() - started) / 1000;
  await trainer.train();
  const seconds = (performance.now() - started) / 1000;
  const { z, deep } = await trainer.embed(h['window.stride']);
  const { labels, q } = await trainer.assign(z);
  const products = await createProducts({ threads });
  const c = await seriesSelfExpression(z, n, a.dimensions, h['selfExpression.sparsity'], { products });
  const nonZero = c.value.length;
  const random = new Random(seed);
  const spectral = (await spectralClustering(affinityFromCoefficients(c, n), a.clusters, random)).labels;
  const position = Int32Array.from(labels, (_, t) => t % a.steps);
  const byKmeans = async (x: Float32Array, d: number): Promise<Int32Array> =>
    (await kmeansOfRows(rowsInMemory(x, n, d), a.clusters, random, { products })).labels;
  const labelings: Record<string, Int32Array> = {
    argmax: labels,
    spectral,
    'k-means(z)': await byKmeans(z, a.dimensions),
    'k-means(deep)': await byKmeans(deep, a.deep),
    'k-means(x)': await byKmeans(await frames.table.read(0, n), cells),
  };
  const sizes = Array.from({ length: a.clusters }, (_, k) => labels.filter((label) => label === k).length);
  let confidence = 0;
  for (let t = 0; t < n; t++) confidence += q[t * a.clusters + labels[t]] / n;
  const bottleneck = await trainer.probeBottleneck();
  const last = trainer.epochs.at(-1)?.losses ?? {};
  const table: Record<string, number | string> = {};
  for (const [name, l] of Object.entries(labelings)) {
    if (synthetic) table[name] = round(accuracy(l, synthetic.truth));
    else {
      const m = await evaluate(frames.table, l, { products });
      table[name] = Object.values(m).map(round).join(' ');
    }
  }
  await products.dispose();
  trainer.dispose();
  return {
    source: basename(source),
    seed,
    seconds: round(seconds),
    compiled: round(compiled),
    ...table,
    sizes: sizes.join(' '),
    confidence: round(confidence),
    'position AMI': round(adjustedMutualInformation(labels, position)),
    'deep position AMI': round(adjustedMutualInformation(labelings['k-means(deep)'], position)),
    'ARI k-means(x)': round(adjustedRandIndex(labels, labelings['k-means(x)'])),
    'non-zero a row': round(nonZero / n),
    'error with and without z': `${round(bottleneck.error)} ${round(bottleneck.errorWithoutBottleneck)}`,
    ...Object.fromEntries(Object.entries(last).map(([key, value]) => [key, round(value)])),
  };
}

async function main(): Promise<void> {
  console.error(`settings: ${JSON.stringify(settings)} (of ${hyperParameterKeys.length})`);
  for (const source of sources) {
    for (const seed of seeds) console.log(JSON.stringify(await run(source, seed)));
  }
}

void main();
