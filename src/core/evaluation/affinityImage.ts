/** Time steps by cluster, and within a cluster by time: the position of each row in an ordered affinity. [n] */
export function clusterOrder(labels: ArrayLike<number>, clusters: number): Int32Array {
  const next = new Int32Array(clusters + 1);
  for (let t = 0; t < labels.length; t++) next[labels[t] + 1]++;
  for (let k = 0; k < clusters; k++) next[k + 1] += next[k];
  const order = new Int32Array(labels.length);
  for (let t = 0; t < labels.length; t++) order[next[labels[t]]++] = t;
  return order;
}

/** The block of each time step: position p of `order` is in block floor(p m / n). [n] */
function blocksOf(order: Int32Array, m: number): Int32Array {
  const n = order.length;
  const block = new Int32Array(n);
  for (let p = 0; p < n; p++) block[order[p]] = Math.floor((p * m) / n);
  return block;
}

/**
 * |C| + |C^T| as the means over blocks of neighbouring positions: [m, m] with m = min(n, size), so that large matrices
 * fit into a picture and small ones are shown entry by entry. C is given by its entries other than 0: `value[e]` at
 * (`row[e]`, `column[e]`). `order` [n] is the time step at each position.
 */
export function blockMeans(
  row: ArrayLike<number>,
  column: ArrayLike<number>,
  value: ArrayLike<number>,
  n: number,
  order: Int32Array,
  size: number,
): Float32Array {
  if (order.length !== n)
    throw new Error(`An order of ${order.length} positions does not fit ${n} time steps.`);
  const m = Math.min(n, size);
  const block = blocksOf(order, m);
  const sums = new Float64Array(m * m);
  for (let e = 0; e < value.length; e++) {
    const magnitude = Math.abs(value[e]);
    const i = block[row[e]];
    const j = block[column[e]];
    sums[i * m + j] += magnitude;
    sums[j * m + i] += magnitude;
  }
  const lengths = new Int32Array(m);
  for (const b of block) lengths[b]++;
  return Float32Array.from(sums, (sum, at) => sum / (lengths[Math.floor(at / m)] * lengths[at % m]));
}
