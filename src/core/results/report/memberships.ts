import type { TimeAxis } from '../../data/frames';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours } from './palette';
import { timeTicks } from './ticks';
import { LEFT, RIGHT, WIDTH } from './timePicture';

const [TOP, BOTTOM] = [4, 116];

/** Places along the time axis: more cannot be told apart in print. */
const BINS = 480;

/**
 * The probabilities of the clusters [n, K] as a stacked area along time, the first cluster at the bottom. Long series are
 * means over equal numbers of steps.
 */
export function memberships(time: TimeAxis, q: Float32Array, clusters: number): Markup {
  const n = time.iso.length;
  const { sums, bins } = cumulative(q, n, clusters);
  const colours = clusterColours(clusters);
  const x = (index: number) => LEFT + ((WIDTH - LEFT - RIGHT) * index) / n;
  const y = (share: number) => BOTTOM - (BOTTOM - TOP) * share;
  // Each area reaches down to 0 and is covered by those of the clusters below: half the points of a band.
  const areas = Array.from({ length: clusters }, (_, k) => {
    const points = Array.from({ length: bins }, (_, b) => {
      const at = x(((b + 0.5) * n) / bins).toFixed(1);
      return `${at} ${y(sums[b * clusters + k]).toFixed(1)}`;
    });
    const first = y(sums[k]).toFixed(1);
    const last = y(sums[(bins - 1) * clusters + k]).toFixed(1);
    const [from, to] = [x(0), x(n)];
    return html`<path
      fill="${colours[k]}"
      d="M${from} ${BOTTOM}V${first}L${points.join('L')}L${to} ${last}V${BOTTOM}Z"
      ><title>Cluster ${k}: ${(100 * meanOf(q, n, clusters, k)).toFixed(1)} % on average</title></path
    >`;
  }).reverse();
  const text = `Probability of each cluster along time, stacked. On average: ${Array.from(
    { length: clusters },
    (_, k) => `cluster ${k} ${(100 * meanOf(q, n, clusters, k)).toFixed(1)} %`,
  ).join(', ')}.`;
  return html`<figure>
    <figcaption>
      Probability of each cluster${bins < n && `, means over ${(n / bins).toFixed(1)} steps`}, the first
      cluster at the bottom
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${BOTTOM + 22}" role="img" aria-label="${text}">
      ${[0, 0.5, 1].map(
        (share) =>
          html`<text
            class="lane"
            x="${LEFT - 8}"
            y="${share === 1 ? TOP + 8 : y(share) + (share === 0 ? 0 : 4)}"
            >${100 * share} %</text
          >`,
      )}
      ${areas}
      ${timeTicks(time.iso, 12).map(
        ({ index, label }) =>
          html`<line
              class="grid above"
              x1="${x(index).toFixed(1)}"
              x2="${x(index).toFixed(1)}"
              y1="${TOP}"
              y2="${BOTTOM + 5}"
            /><text class="tick" x="${(x(index) + 3).toFixed(1)}" y="${BOTTOM + 17}">${label}</text>`,
      )}
    </svg>
  </figure>`;
}

/** Running sums over the clusters, as means over bins of steps. [bins, K] */
function cumulative(q: Float32Array, n: number, clusters: number): { sums: Float64Array; bins: number } {
  const bins = Math.min(n, BINS);
  const sums = new Float64Array(bins * clusters);
  for (let b = 0; b < bins; b++) {
    const [from, to] = [Math.floor((b * n) / bins), Math.floor(((b + 1) * n) / bins)];
    for (let t = from; t < to; t++) {
      let sum = 0;
      for (let k = 0; k < clusters; k++) {
        sum += q[t * clusters + k];
        sums[b * clusters + k] += sum / (to - from);
      }
    }
  }
  return { sums, bins };
}

function meanOf(q: Float32Array, n: number, clusters: number, k: number): number {
  let sum = 0;
  for (let t = 0; t < n; t++) sum += q[t * clusters + k];
  return sum / n;
}
