import { monthOf } from '../../data/cfTime';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn } from './palette';
import { monthName } from './ticks';

/** Share of each cluster in each calendar month, as stacked bars; undefined when the data do not cover six of them. */
export function seasons(iso: readonly string[], labels: Int32Array, clusters: number): Markup | undefined {
  const counts = Array.from({ length: 12 }, () => new Array<number>(clusters).fill(0));
  iso.forEach((text, t) => {
    const month = monthOf(text);
    if (month !== undefined) counts[month - 1][labels[t]]++;
  });
  const covered = [...counts.keys()].filter((m) => counts[m].some((count) => count > 0));
  if (covered.length < 6) return undefined;
  const colours = clusterColours(clusters);
  const [width, height, left, bottom] = [1000, 190, 92, 160];
  const step = (width - left - 8) / covered.length;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Share of each cluster by month">
    ${[0, 0.5, 1].map(
      (share) =>
        html`<line
            class="grid"
            x1="${left}"
            x2="${width - 8}"
            y1="${bottom * (1 - share)}"
            y2="${bottom * (1 - share)}"
          /><text class="lane" x="${left - 8}" y="${share === 1 ? 10 : bottom * (1 - share) + 4}"
            >${100 * share} %</text
          >`,
    )}
    ${covered.map((m, i) => {
      const total = counts[m].reduce((a, b) => a + b, 0);
      let above = 0;
      const x = left + i * step + step * 0.08;
      const bars = counts[m].map((count, k) => {
        if (count === 0) return undefined;
        const size = (bottom * count) / total;
        above += size;
        const y = bottom - above;
        return html`<rect
            fill="${colours[k]}"
            x="${x.toFixed(1)}"
            y="${y.toFixed(1)}"
            width="${(step * 0.84).toFixed(1)}"
            height="${size.toFixed(1)}"
            ><title>Cluster ${k}: ${count} of ${total} steps</title></rect
          >
          ${size > 15 && html`<text class="inside" style="fill:${inkOn(colours[k])}" x="${(x + step * 0.42).toFixed(1)}" y="${(y + size / 2 + 4).toFixed(1)}">${k}</text>`}`;
      });
      return html`${bars}<text class="tick middle" x="${(x + step * 0.42).toFixed(1)}" y="${bottom + 16}"
          >${monthName(m + 1)}</text
        >`;
    })}
  </svg>`;
}
