import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchmarkFolder, pendigits } from '../../../bench/published/data/load';
import { sgd } from '../../../src/core/engine/optimizer';
import { accuracy } from '../../../src/core/evaluation/matching';
import {
  dec,
  decLab,
  type DecOptions,
  decPretrainingStep,
  decRefinementStep,
} from '../../../src/core/methods/dec';
import { addDenseStack } from '../../../src/core/methods/network/dense';
import { pick } from '../../../src/core/methods/network/network';
import { samplesInMemory } from '../../../src/core/methods/samples';
import { ParameterBuilder } from '../../../src/core/model/parameters';
import { Random } from '../../../src/core/random';
import { blobs } from './blobs';
import { checkStepGradients, deepContext, normals } from './deepSupport';

const small: DecOptions = {
  hidden: [32, 32, 64],
  code: 5,
  initial: 'he',
  batch: 64,
  pretraining: { epochs: 0, steps: 400, optimizer: 'adam', learningRate: 2e-3 },
  refinement: { optimizer: 'adam', learningRate: 1e-3, interval: 20, maxSteps: 400, tolerance: 1e-3 },
  scale: 'data',
  maxColumns: 1024,
};

describe('DEC: gradients agree with finite differences', () => {
  const options: DecOptions = { ...small, hidden: [6, 7], code: 3 };
  const random = new Random(6);
  const builder = new ParameterBuilder(random);
  addDenseStack(builder, { name: 'encoder', sizes: [4, 6, 7, 3], hidden: 'relu', output: 'linear' }, 'he');
  addDenseStack(builder, { name: 'decoder', sizes: [3, 7, 6, 4], hidden: 'relu', output: 'linear' }, 'he');
  // Biases of 0 put units whose inputs are all 0 exactly on the kink of the rectifier.
  for (const [name, value] of Object.entries(builder.values)) {
    if (name.endsWith('.bias'))
      builder.values[name] = { ...value, data: normals(value.data.length, random, 0.3) };
  }
  builder.normal('head.centres', [2, 3], 1);
  const x = normals(20, random);
  const optimizer = sgd({ name: 'test', momentum: 0.9 });
  const check = { moment: 'sgd.test.v', factor: 1, h: 1e-3, bound: 0.01 };

  it('of the reconstruction', async () => {
    const trained = (name: string) => /^(en|de)coder\./.test(name);
    const initial = { ...builder.values, ...optimizer.init(pick(builder.values, trained)) };
    await checkStepGradients(
      decPretrainingStep(4, 5, options, optimizer),
      initial,
      { x },
      { ...check, trained },
    );
  });

  it('of the divergence, by encoder and centres', async () => {
    const trained = (name: string) => name.startsWith('encoder.') || name === 'head.centres';
    const initial = { ...builder.values, ...optimizer.init(pick(builder.values, trained)) };
    const target = Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 1, 0, 0.3, 0.7);
    const step = decRefinementStep(4, 5, 2, options, optimizer);
    await checkStepGradients(step, initial, { x, target }, { ...check, trained });
  });
});

describe('DEC', () => {
  it('finds clouds, in codes that are pulled together', async () => {
    const { samples, truth } = blobs(300, 20, 4, 0.12, 7);
    const fit = await dec(small).fit(samples, deepContext(4));
    expect(accuracy(fit.labels, truth)).toBeGreaterThan(0.97);
    expect(fit.embedding!.values).toHaveLength(300 * 5);
    expect(fit.losses![0]).toBeGreaterThan(fit.losses![3]);
  });

  it('finds clouds in more columns than rows', async () => {
    const { samples, truth } = blobs(60, 400, 3, 0.2, 8);
    // A narrow network learns the noise of so few rows first.
    const wide = { ...small, hidden: [200, 200, 400], maxColumns: 100 };
    const fit = await dec(wide).fit(samples, deepContext(3));
    expect(accuracy(fit.labels, truth)).toBe(1);
  });

  const absent = !existsSync(join(benchmarkFolder, 'pendigits.csv'));
  const why = absent ? ' (skipped: no ../shared/data/benchmarks)' : '';
  it.skipIf(absent)(`tells four of the pen digits apart${why}`, async () => {
    const { samples, truth } = pendigits();
    const all = await samples.table.read(0, samples.table.n);
    const rows = Array.from(truth.keys())
      .filter((i) => [0, 2, 4, 6].includes(truth[i]))
      .slice(0, 800);
    const values = Float32Array.from(rows.flatMap((row) => [...all.subarray(row * 16, (row + 1) * 16)]));
    const labels = Int32Array.from(rows, (row) => truth[row]);
    const fit = await dec(small).fit(samplesInMemory(values, [800, 1, 1, 16]), deepContext(4));
    // Chance gives 0.25 to 0.3.
    expect(accuracy(fit.labels, labels)).toBeGreaterThan(0.9);
  });

  it('as LAB trains it, hardly changes what k-means finds in the codes', async () => {
    const { samples } = blobs(200, 20, 4, 0.12, 7);
    const { labels, alternatives } = await decLab().fit(samples, deepContext(4));
    expect(accuracy(labels, alternatives!['autoencoder + k-means'])).toBeGreaterThan(0.99);
  });
});
