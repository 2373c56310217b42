/** Entries other than 0 of self-expression coefficients C [n, n]: `value[e]` at (`row[e]`, `column[e]`). */
export interface Coefficients {
  readonly row: ArrayLike<number>;
  readonly column: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/** Sums of the affinity |C| + |C^T| between each two clusters. [K, K], symmetric */
export function affinityBetween(
  { row, column, value }: Coefficients,
  labels: ArrayLike<number>,
  clusters: number,
): Float64Array {
  const sums = new Float64Array(clusters * clusters);
  for (let e = 0; e < value.length; e++) {
    const magnitude = Math.abs(value[e]);
    const [k, l] = [labels[row[e]], labels[column[e]]];
    sums[k * clusters + l] += magnitude;
    sums[l * clusters + k] += magnitude;
  }
  return sums;
}

/** Shifts of the labels in time, evenly spaced. */
const SHIFTS = 50;

/**
 * Share of the affinity that joins steps of the same cluster when the labels are moved along time, the end to the
 * beginning; mean over shifts. Neighbouring steps express one another, and clusters that last share them whether or not
 * they mean anything: moved labels last as long and know nothing of the data, so that what the real ones hold beyond this
 * is not persistence. NaN without coefficients or shifts.
 */
export function shiftedShare({ row, column, value }: Coefficients, labels: ArrayLike<number>): number {
  const n = labels.length;
  const shifts = Math.min(SHIFTS, n - 1);
  let inside = 0;
  let total = 0;
  for (let s = 1; s <= shifts; s++) {
    const shift = Math.round((s * n) / (shifts + 1));
    for (let e = 0; e < value.length; e++) {
      const magnitude = Math.abs(value[e]);
      total += magnitude;
      if (labels[(row[e] + shift) % n] === labels[(column[e] + shift) % n]) inside += magnitude;
    }
  }
  return inside / total;
}
