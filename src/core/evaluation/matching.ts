/** How well two labellings of the same rows agree. Labels may be any integers; only equality counts. */

/** Counts of rows by label pair, labels numbered by first appearance in ascending order. */
export interface Contingency {
  readonly n: number;
  /** Distinct labels of a, ascending. [r] */
  readonly rows: Int32Array;
  /** Distinct labels of b, ascending. [c] */
  readonly columns: Int32Array;
  /** [r, c] */
  readonly counts: Float64Array;
  /** [r] */
  readonly rowSums: Float64Array;
  /** [c] */
  readonly columnSums: Float64Array;
}

/** Cross table of two labellings. Throws when their lengths differ or are 0. */
export function contingency(a: ArrayLike<number>, b: ArrayLike<number>): Contingency {
  const n = a.length;
  if (n === 0 || n !== b.length)
    throw new Error(`Labellings of ${a.length} and ${b.length} rows cannot be compared.`);
  const rows = Int32Array.from(new Set(Array.from(a))).sort();
  const columns = Int32Array.from(new Set(Array.from(b))).sort();
  const rowOf = new Map(Array.from(rows, (label, i) => [label, i]));
  const columnOf = new Map(Array.from(columns, (label, i) => [label, i]));
  const counts = new Float64Array(rows.length * columns.length);
  const rowSums = new Float64Array(rows.length);
  const columnSums = new Float64Array(columns.length);
  for (let i = 0; i < n; i++) {
    const r = rowOf.get(a[i]) as number;
    const c = columnOf.get(b[i]) as number;
    counts[r * columns.length + c]++;
    rowSums[r]++;
    columnSums[c]++;
  }
  return { n, rows, columns, counts, rowSums, columnSums };
}

/**
 * Minimum-cost assignment of rows to columns of a cost matrix [n, m], n <= m: the column of each row.
 * Hungarian algorithm by shortest augmenting paths with potentials (Kuhn, 1955; Jonker and Volgenant, 1987), O(n^2 m).
 */
export function assign(cost: Float64Array, n: number, m: number): Int32Array {
  if (n > m || cost.length !== n * m)
    throw new Error(`A cost matrix of ${n} x ${m} cannot be assigned by rows.`);
  // Row and column 0 are virtual, so indices below are one higher than in `cost`.
  const u = new Float64Array(n + 1);
  const v = new Float64Array(m + 1);
  const rowOf = new Int32Array(m + 1);
  const previous = new Int32Array(m + 1);
  for (let row = 1; row <= n; row++) {
    const slack = new Float64Array(m + 1).fill(Infinity);
    const visited = new Uint8Array(m + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      visited[column] = 1;
      const i = rowOf[column];
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (visited[j]) continue;
        const reduced = cost[(i - 1) * m + j - 1] - u[i] - v[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          previous[j] = column;
        }
        if (slack[j] < delta) {
          delta = slack[j];
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (visited[j]) {
          u[rowOf[j]] += delta;
          v[j] -= delta;
        } else {
          slack[j] -= delta;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[previous[column]];
      column = previous[column];
    }
  }
  const columns = new Int32Array(n).fill(-1);
  for (let j = 1; j <= m; j++) if (rowOf[j] > 0) columns[rowOf[j] - 1] = j - 1;
  return columns;
}

/**
 * The one-to-one matching of labels that makes most rows agree: label of `from` -> label of `to`. Labels without a
 * partner (there are more of them than in `to`) are absent.
 */
export function matchLabels(from: ArrayLike<number>, to: ArrayLike<number>): Map<number, number> {
  const { rows, columns, counts } = contingency(from, to);
  const [r, c] = [rows.length, columns.length];
  const size = Math.max(r, c);
  const cost = new Float64Array(size * size);
  for (let i = 0; i < r; i++) for (let j = 0; j < c; j++) cost[i * size + j] = -counts[i * c + j];
  const result = new Map<number, number>();
  assign(cost, size, size).forEach((j, i) => {
    if (i < r && j < c) result.set(rows[i], columns[j]);
  });
  return result;
}

/** Clustering accuracy ACC: the share of rows that agree under the best one-to-one matching of labels. In (0, 1]. */
export function accuracy(labels: ArrayLike<number>, truth: ArrayLike<number>): number {
  const matching = matchLabels(labels, truth);
  let agree = 0;
  for (let i = 0; i < labels.length; i++) if (matching.get(labels[i]) === truth[i]) agree++;
  return agree / labels.length;
}

/** Adjusted Rand index (Hubert and Arabie, 1985): 1 for equal partitions, 0 expected by chance. */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, counts, rowSums, columnSums } = contingency(a, b);
  const pairs = (values: Float64Array) => values.reduce((sum, v) => sum + (v * (v - 1)) / 2, 0);
  const both = pairs(counts);
  const ofRows = pairs(rowSums);
  const ofColumns = pairs(columnSums);
  const all = (n * (n - 1)) / 2;
  const expected = all > 0 ? (ofRows * ofColumns) / all : 0;
  const maximum = (ofRows + ofColumns) / 2;
  // Both are one cluster, or both are singletons only: equal partitions.
  return maximum === expected ? 1 : (both - expected) / (maximum - expected);
}
