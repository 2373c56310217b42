import { createOnnxProducts } from './onnxProducts';

/** Values of a table: float32 for speed, float64 where differences of products matter. */
export type Values = Float32Array | Float64Array;

/** Inner products of rows with rows: what pairwise distances, k-means and self-expression spend their time on. */
export interface Products {
  /** For the log: what computes. */
  readonly description: string;
  /**
   * `out[i * n + j] = a_i . b_j` for a [m, d], b [n, d] and out [m, n], all row-major and of one type, which is also that
   * of the sums. Gives way to other events once. The same input has the same bits as its result on one machine.
   */
  multiply<T extends Values>(a: T, b: T, d: number, out: T): Promise<void>;
  dispose(): Promise<void>;
}

export interface ProductsOptions {
  /** By default as many as there are processors. */
  readonly threads?: number;
  readonly log?: (message: string) => void;
}

/**
 * Products by ONNX Runtime's matrix multiplication, which takes all processors; where it cannot be loaded by plain
 * JavaScript, some 50 times slower, and the log says so.
 */
export async function createProducts(
  { threads, log }: ProductsOptions = {},
  create: (threads?: number) => Promise<Products> = createOnnxProducts,
): Promise<Products> {
  try {
    return await create(threads);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log?.(
      `ONNX Runtime cannot be loaded (${reason}): metrics, k-means and self-expression are computed in plain JavaScript, which gives the same results much more slowly.`,
    );
    return plainProducts;
  }
}

/** Pairs of rows that the plain products compute before other events have their turn. */
const PLAIN_ROWS = 64;

/** Products in plain JavaScript, summed in float64. */
export const plainProducts: Products = {
  description: 'plain JavaScript',
  async multiply(a, b, d, out) {
    const m = a.length / d;
    for (let first = 0; first < m; first += PLAIN_ROWS) {
      await new Promise((resolve) => setImmediate(resolve));
      multiplyRows(a, first, Math.min(m, first + PLAIN_ROWS), b, d, out);
    }
  },
  dispose: () => Promise.resolve(),
};

/** Rows i0 <= i < i1 of the product. Two rows with two rows at a time: each value that is read serves two sums. */
function multiplyRows(a: Values, i0: number, i1: number, b: Values, d: number, out: Values): void {
  const n = b.length / d;
  for (let j = 0; j < n; j += 2) {
    const next = Math.min(j + 1, n - 1);
    const b0 = j * d;
    const b1 = next * d;
    for (let i = i0; i < i1; i += 2) {
      // The last odd row is computed twice rather than by a second kernel.
      const below = Math.min(i + 1, i1 - 1);
      const a0 = i * d;
      const a1 = below * d;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = 0; k < d; k++) {
        const p0 = a[a0 + k];
        const p1 = a[a1 + k];
        const q0 = b[b0 + k];
        const q1 = b[b1 + k];
        s00 += p0 * q0;
        s01 += p0 * q1;
        s10 += p1 * q0;
        s11 += p1 * q1;
      }
      out[i * n + j] = s00;
      out[i * n + next] = s01;
      out[below * n + j] = s10;
      out[below * n + next] = s11;
    }
  }
}
