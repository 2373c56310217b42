/** Steps that are narrower than a pixel, as one value a pixel: pictures stay as small as the page, however long the data. */
import type { RibbonBand, RibbonLayout } from './ribbonLayout';
import type { Labelled } from './statistics';

export interface Pixels {
  /** Left end of the first pixel. */
  readonly start: number;
  readonly count: number;
  /** Mean membership of each cluster, or its share of the labels where memberships are not known. [count, K] */
  readonly shares: Float32Array;
  /** Steps at each pixel; 0 in the holes of the data. [count] */
  readonly steps: Int32Array;
  /** The most frequent label of each pixel. [count] */
  readonly labels: Int32Array;
}

export function toPixels(
  { labels, memberships, clusters }: Labelled,
  layout: RibbonLayout,
  band: RibbonBand,
): Pixels {
  const start = Math.floor(layout.x[band.first]);
  const end = Math.ceil(layout.x[band.last] + layout.cellWidth[band.last]);
  const count = Math.max(1, end - start);
  const shares = new Float32Array(count * clusters);
  const votes = new Float32Array(count * clusters);
  const steps = new Int32Array(count);
  for (let step = band.first; step <= band.last; step++) {
    const pixel = Math.min(count - 1, Math.floor(layout.x[step] - start));
    const at = pixel * clusters;
    steps[pixel]++;
    votes[at + labels[step]]++;
    if (!memberships) shares[at + labels[step]]++;
    else for (let k = 0; k < clusters; k++) shares[at + k] += memberships[step * clusters + k];
  }
  const winners = new Int32Array(count);
  for (let pixel = 0; pixel < count; pixel++) {
    const at = pixel * clusters;
    for (let k = 0; k < clusters; k++) {
      if (votes[at + k] > votes[at + winners[pixel]]) winners[pixel] = k;
      if (steps[pixel] > 0) shares[at + k] /= steps[pixel];
    }
  }
  return { start, count, shares, steps, labels: winners };
}
