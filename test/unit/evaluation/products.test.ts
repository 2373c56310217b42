import { describe, expect, it } from 'vitest';
import { rowsInMemory } from '../../../src/core/data/rows';
import { forEachGramBlock } from '../../../src/core/evaluation/gramBlocks';
import { createProducts, plainProducts, type Values } from '../../../src/core/evaluation/products';
import { Random } from '../../../src/core/random';

const normals = (length: number, seed: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => random.normal());
};

/** Products by the definition. */
function expected(a: Values, b: Values, d: number): number[] {
  const table = [];
  for (let i = 0; i < a.length; i += d) {
    for (let j = 0; j < b.length; j += d) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += a[i + k] * b[j + k];
      table.push(sum);
    }
  }
  return table;
}

describe('inner products', () => {
  it.each([
    [1, 1, 1],
    [5, 3, 4],
    [70, 131, 33],
  ])('of %i with %i rows of %i values, by ONNX Runtime and in plain JavaScript', async (m, n, d) => {
    const fast = await createProducts({ threads: 2 });
    expect(fast.description).toBe('ONNX Runtime, 2 threads');
    for (const products of [plainProducts, fast]) {
      // The arrays are parts of larger ones, as blocks of a table are.
      const a = normals((m + 2) * d, 1).subarray(d, (m + 1) * d);
      const b = normals(n * d, 2);
      const out = new Float64Array(m * n + 1);
      await products.multiply(a, b, d, out.subarray(1));
      expected(a, b, d).forEach((value, i) => expect(out[i + 1]).toBeCloseTo(value, 11));
      const single = new Float32Array(m * n);
      await products.multiply(Float32Array.from(a), Float32Array.from(b), d, single);
      expected(a, b, d).forEach((value, i) => expect(single[i]).toBeCloseTo(value, 3));
    }
    await fast.dispose();
  });

  it('fall back to plain JavaScript where ONNX Runtime cannot be loaded, and say so', async () => {
    const said: string[] = [];
    const products = await createProducts({ log: (message) => said.push(message) }, () =>
      Promise.reject(new Error('no such library')),
    );
    expect(products).toBe(plainProducts);
    expect(said).toEqual([expect.stringMatching(/cannot be loaded \(no such library\).*plain JavaScript/)]);
  });
});

describe('blocks of the Gram matrix', () => {
  it.each([1e9, 40 * 8 * 3, 1])(
    'cover every pair of centred rows once with %d bytes of memory',
    async (memory) => {
      const [n, d] = [23, 3];
      const x = Float32Array.from(normals(n * d, 3));
      const centre = Float64Array.of(0.5, -1, 2);
      const about = Float64Array.from(x, (value, i) => value - centre[i % d]);
      const gram = new Float64Array(n * n).fill(NaN);
      const options = { centre, precision: Float64Array, products: plainProducts, memory };
      await forEachGramBlock(rowsInMemory(x, n, d), options, ({ i0, i1, j0, j1, products, a, b }) => {
        expect(expected(a, b, d)).toEqual([...products]);
        for (let i = i0; i < i1; i++) {
          for (let j = Math.max(i, j0); j < j1; j++) {
            expect(gram[i * n + j]).toBeNaN();
            gram[i * n + j] = products[(i - i0) * (j1 - j0) + j - j0];
          }
        }
      });
      const all = expected(about, about, d);
      for (let i = 0; i < n; i++) for (let j = i; j < n; j++) expect(gram[i * n + j]).toBe(all[i * n + j]);
    },
  );
});
