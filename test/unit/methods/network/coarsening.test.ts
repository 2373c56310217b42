import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../../src/core/data/rows';
import { anomalyScale } from '../../../../src/core/methods/network/anomalies';
import { coarsen } from '../../../../src/core/methods/network/coarsening';
import { samplesInMemory } from '../../../../src/core/methods/samples';

describe('coarsen', () => {
  it('averages blocks of cells, less at the edges', async () => {
    const values = Float32Array.from({ length: 2 * 15 }, (_, i) => i);
    const samples = samplesInMemory(values, [1, 2, 3, 5]);
    const coarse = await coarsen(samples, 3);
    expect([coarse.height, coarse.width, coarse.factors]).toEqual([3, 3, [1, 2]]);
    const rows = (start: number) => [0, 5, 10].flatMap((row) => [0.5, 2.5, 4].map((v) => start + row + v));
    expect([...coarse.table.values]).toEqual([...rows(0), ...rows(15)]);
  });

  it('leaves out cells without data', async () => {
    const samples = samplesInMemory(Float32Array.of(1, 0, 3, 5, 0, 0, 7, 9), [1, 1, 2, 4]);
    const valid = Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 1);
    const coarse = await coarsen({ ...samples, valid }, 2);
    expect([...coarse.table.values]).toEqual([1, 4, 0, 8]);
    expect([...coarse.valid]).toEqual([1, 1, 0, 1]);
  });

  it('leaves grids that are small enough as they are', async () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 12);
    const coarse = await coarsen(samplesInMemory(values, [2, 1, 2, 3]), 3);
    expect([...coarse.table.values]).toEqual([...values]);
  });
});

describe('anomalyScale', () => {
  it('is the mean of each column and the deviation of all that have data', async () => {
    const rows = rowsInMemory(Float32Array.of(1, 4, 0, 3, 8, 0), 2, 3);
    const { mean, deviation } = await anomalyScale(rows, Uint8Array.of(1, 1, 0));
    expect([...mean]).toEqual([2, 6, 0]);
    // (1 + 1 + 4 + 4) / 4
    expect(deviation).toBeCloseTo(Math.sqrt(2.5), 6);
  });

  it('is 1 for rows that are all the same', async () => {
    const rows = rowsInMemory(new Float32Array(30).fill(0.1), 10, 3);
    expect((await anomalyScale(rows, new Uint8Array(3).fill(1))).deviation).toBe(1);
  });
});
