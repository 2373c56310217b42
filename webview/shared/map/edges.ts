/**
 * Boundaries of the intervals around `centres` (in order, either direction, evenly spaced or not): midpoints, and half a
 * step beyond both ends. A single centre gets the width `single`. [n + 1]
 */
export function edgesOf(centres: ArrayLike<number>, single = 1): Float64Array {
  const n = centres.length;
  const edges = new Float64Array(n + 1);
  if (n === 1) {
    edges[0] = centres[0] - single / 2;
    edges[1] = centres[0] + single / 2;
    return edges;
  }
  for (let i = 1; i < n; i++) edges[i] = (centres[i - 1] + centres[i]) / 2;
  edges[0] = centres[0] - (edges[1] - centres[0]);
  edges[n] = centres[n - 1] + (centres[n - 1] - edges[n - 1]);
  return edges;
}

/** Finds the interval that a number lies in, in constant time on usual grids. */
export class IntervalIndex {
  private readonly rising: Float64Array;
  private readonly reversed: boolean;
  private readonly first: Int32Array;
  private readonly perUnit: number;
  readonly low: number;
  readonly high: number;

  /** `edges` rise or fall all the way. [n + 1] */
  constructor(edges: Float64Array) {
    const n = edges.length - 1;
    this.reversed = edges[n] < edges[0];
    this.rising = this.reversed ? edges.slice().reverse() : edges;
    this.low = this.rising[0];
    this.high = this.rising[n];
    const bins = 4 * n;
    this.perUnit = bins / (this.high - this.low);
    this.first = new Int32Array(bins);
    for (let bin = 0, i = 0; bin < bins; bin++) {
      while (i < n - 1 && this.rising[i + 1] <= this.low + bin / this.perUnit) i++;
      this.first[bin] = i;
    }
  }

  /** Index of the interval, counted as the edges were given; -1 outside. The last interval contains its upper edge. */
  find(value: number): number {
    if (!(value >= this.low && value <= this.high)) return -1;
    const { first, rising } = this;
    const last = rising.length - 2;
    let i = first[Math.min(first.length - 1, Math.floor((value - this.low) * this.perUnit))];
    while (i < last && rising[i + 1] <= value) i++;
    // Rounding may have chosen a bin too far by a hair.
    while (i > 0 && rising[i] > value) i--;
    return this.reversed ? last - i : i;
  }
}
