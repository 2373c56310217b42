import { principalComponents } from '../../evaluation/pca';
import type { ClusteringResult } from '../result';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn } from './palette';
import { niceTicks, short } from './ticks';

/** Points drawn at most; longer series are thinned evenly. */
const POINTS = 6000;

const [LEFT, TOP, SIZE, BOTTOM] = [44, 6, 420, 40];

/** The embedding in its first two principal components, by cluster. Both axes have one scale: distances can be compared. */
export function embeddingScatter({ embedding, dimensions, labels, clusters }: ClusteringResult): Markup {
  const n = labels.length;
  const { points, explained } = principalComponents(embedding, n, dimensions, 2);
  const [x0, x1] = paddedRange(points, 0);
  const [y0, y1] = paddedRange(points, 1);
  // The picture is at least half as high as it is wide.
  const span = Math.max(x1 - x0, y1 - y0);
  const scale = SIZE / span;
  const height = Math.max(SIZE / 2, scale * (y1 - y0));
  const width = Math.max(SIZE / 2, scale * (x1 - x0));
  const x = (value: number) => LEFT + width / 2 + scale * (value - (x0 + x1) / 2);
  const y = (value: number) => TOP + height / 2 - scale * (value - (y0 + y1) / 2);
  const every = Math.ceil(n / POINTS);
  const colours = clusterColours(clusters);
  const clusterIds = Array.from({ length: clusters }, (_, k) => k);
  const paths = clusterIds.map(() => [] as string[]);
  const sums = clusterIds.map(() => [0, 0, 0]);
  for (let t = 0; t < n; t++) {
    const [px, py] = [points[2 * t], points[2 * t + 1]];
    const sum = sums[labels[t]];
    sum[0] += px;
    sum[1] += py;
    sum[2]++;
    if (t % every === 0) paths[labels[t]].push(`M${x(px).toFixed(1)} ${y(py).toFixed(1)}h0`);
  }
  const percent = Array.from(explained, (share) => `${(100 * share).toFixed(1)} %`);
  const centres = clusterIds
    .filter((k) => sums[k][2] > 0)
    .map((k) => ({ k, at: sums[k].map((s) => s / sums[k][2]) }));
  const text = `Embedding of the time steps in two principal components (${percent.join(' and ')} of the variance), by cluster. Centres: ${centres
    .map(({ k, at }) => `cluster ${k} at ${short(at[0])}, ${short(at[1])}`)
    .join('; ')}.`;
  const half = (size: number) => size / scale / 2;
  const [middleX, middleY] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return html`<figure>
    <figcaption>
      <b>Embedding</b> in its first two principal components, by cluster; numbers at the clusters’ centres.
      ${every > 1 && html`<span class="quiet">One time step in ${every} is drawn.</span>`}
    </figcaption>
    <svg
      viewBox="0 0 ${LEFT + SIZE + 2} ${(TOP + height + BOTTOM).toFixed(0)}"
      role="img"
      aria-label="${text}"
    >
      ${niceTicks(middleX - half(width), middleX + half(width), 5).map(
        (tick) =>
          html`<line
              class="grid"
              x1="${x(tick).toFixed(1)}"
              x2="${x(tick).toFixed(1)}"
              y1="${TOP}"
              y2="${(TOP + height).toFixed(1)}"
            /><text class="tick middle" x="${x(tick).toFixed(1)}" y="${(TOP + height + 15).toFixed(1)}"
              >${short(tick)}</text
            >`,
      )}
      ${niceTicks(middleY - half(height), middleY + half(height), 5).map(
        (tick) =>
          html`<line
              class="grid"
              x1="${LEFT}"
              x2="${(LEFT + width).toFixed(1)}"
              y1="${y(tick).toFixed(1)}"
              y2="${y(tick).toFixed(1)}"
            /><text class="lane" x="${LEFT - 5}" y="${(y(tick) + 4).toFixed(1)}">${short(tick)}</text>`,
      )}
      ${clusterIds.map((k) => paths[k].length > 0 && html`<path class="points" stroke="${colours[k]}" d="${paths[k].join('')}" />`)}
      ${centres.map(
        ({ k, at }) =>
          html`<circle
              class="centre"
              cx="${x(at[0]).toFixed(1)}"
              cy="${y(at[1]).toFixed(1)}"
              r="10"
              fill="${colours[k]}"
            /><text
              class="inside"
              style="fill:${inkOn(colours[k])}"
              x="${x(at[0]).toFixed(1)}"
              y="${(y(at[1]) + 4).toFixed(1)}"
              >${k}</text
            >`,
      )}
      <rect class="frame" x="${LEFT}" y="${TOP}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" />
      <text class="tick middle" x="${(LEFT + width / 2).toFixed(1)}" y="${(TOP + height + 32).toFixed(1)}">
        First component, ${percent[0]} of the variance
      </text>
      <text class="tick middle" transform="translate(12 ${(TOP + height / 2).toFixed(1)}) rotate(-90)">
        Second, ${percent[1]}
      </text>
    </svg>
  </figure>`;
}

/** Least and largest coordinate, with a little room. */
function paddedRange(points: Float32Array, axis: 0 | 1): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = axis; at < points.length; at += 2) {
    low = Math.min(low, points[at]);
    high = Math.max(high, points[at]);
  }
  const room = 0.03 * (high - low) || 0.5;
  return [low - room, high + room];
}
