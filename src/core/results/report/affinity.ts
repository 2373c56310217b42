import { shiftedShare } from '../../evaluation/affinityClusters';
import { blockMeans, clusterOrder } from '../../evaluation/affinityImage';
import { type SparseCoefficients, withoutNegligible } from '../../evaluation/sparse';
import { greys, pictureOf } from './colourScale';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn } from './palette';

/** Blocks along each side of the picture. */
const BLOCKS = 500;

const [LEFT, TOP, SIZE] = [22, 22, 440];

/**
 * The affinity |C| + |C^T| of a self-expression C [n, n], ordered by cluster and then by time, with the clusters' colours
 * along its sides. C is sparse, so that darkness grows with the square root.
 */
export function affinityPicture(
  selfExpression: SparseCoefficients,
  labels: Int32Array,
  clusters: number,
): Markup {
  const n = labels.length;
  const order = clusterOrder(labels, clusters);
  const { row, column, value } = withoutNegligible(selfExpression);
  const means = blockMeans(row, column, value, n, order, BLOCKS);
  const m = Math.min(n, BLOCKS);
  const positive = means.filter((mean) => mean > 0).sort();
  const limit = positive[Math.floor(0.995 * (positive.length - 1))] ?? 1;
  const picture = pictureOf(
    means.map((mean) => Math.sqrt(mean / limit)),
    m,
    m,
    greys,
  );
  let [within, all] = [0, 0];
  value.forEach((coefficient, e) => {
    all += Math.abs(coefficient);
    if (labels[row[e]] === labels[column[e]]) within += Math.abs(coefficient);
  });
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const moved = shiftedShare({ row, column, value }, labels);
  // Neighbouring steps resemble each other whatever the clusters: that much must be taken off.
  const share =
    all > 0
      ? `${percent(within / all)} of it is within clusters; of the same spells moved along time it would be ${percent(moved)}`
      : 'It is empty';
  const segments = segmentsOf(labels, clusters);
  const colours = clusterColours(clusters);
  const at = (position: number) => (SIZE * position) / n;
  return html`<figure>
    <figcaption>
      <b>Affinity</b> |C| + |Cᵀ| of the time steps, ordered by cluster and time.
      <span class="quiet">${share}.</span>
    </figcaption>
    <svg
      viewBox="0 0 ${LEFT + SIZE + 2} ${TOP + SIZE + 2}"
      role="img"
      aria-label="Affinity of the time steps, ordered by cluster. ${share}."
    >
      <image
        class="cells"
        href="${picture}"
        x="${LEFT}"
        y="${TOP}"
        width="${SIZE}"
        height="${SIZE}"
        preserveAspectRatio="none"
      />
      ${segments.map(({ k, from, to }) => {
        const [a, length] = [at(from), at(to - from)];
        const number = length > 12 && String(k);
        return html`<g fill="${colours[k]}"
            ><rect x="${(LEFT + a).toFixed(1)}" y="2" width="${length.toFixed(1)}" height="16" /><rect
              x="2"
              y="${(TOP + a).toFixed(1)}"
              width="16"
              height="${length.toFixed(1)}" /></g
          >${
            number &&
            html`<text
                class="inside"
                style="fill:${inkOn(colours[k])}"
                x="${(LEFT + a + length / 2).toFixed(1)}"
                y="14"
                >${number}</text
              ><text
                class="inside"
                style="fill:${inkOn(colours[k])}"
                x="10"
                y="${(TOP + a + length / 2 + 4).toFixed(1)}"
                >${number}</text
              >`
          }${
            from > 0 &&
            html`<path
              class="divider"
              d="M${(LEFT + a).toFixed(1)} ${TOP}v${SIZE}M${LEFT} ${(TOP + a).toFixed(1)}h${SIZE}"
            />`
          }`;
      })}
      <rect class="frame" x="${LEFT}" y="${TOP}" width="${SIZE}" height="${SIZE}" />
    </svg>
    <p class="quiet">
      Darker is stronger, by the square
      root${m < n && `; each point is the mean over ${(n / m).toFixed(1)} × ${(n / m).toFixed(1)} time steps`}.
    </p>
  </figure>`;
}

/** Where each cluster with members lies in the order. */
function segmentsOf(labels: Int32Array, clusters: number): { k: number; from: number; to: number }[] {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]++;
  let from = 0;
  return Array.from(sizes, (size, k) => ({ k, from, to: (from += size) })).filter((s) => s.to > s.from);
}
