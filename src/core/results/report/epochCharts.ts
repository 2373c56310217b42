import type { EpochRecord, Phase } from '../../progress';
import { metricNames } from '../metricsJson';
import type { Content, Markup } from './html';
import { html } from './html';
import { metricMeanings } from './metricsTable';
import { niceTicks, powerOfTen, short, tickTexts } from './ticks';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [320, 150, 46, 8, 10, 20];

/** One small chart per loss over the epochs; bands mark the phases of training. */
export function lossCharts(history: readonly EpochRecord[]): Markup[] {
  const names = [...new Set(history.flatMap((record) => Object.keys(record.losses)))];
  return names.flatMap((name) => chart(name, name, history, (record) => record.losses[name]));
}

/** One small chart per metric of the labels, where they were computed during training. */
export function metricCharts(history: readonly EpochRecord[]): Markup[] {
  return metricNames.flatMap((key) => {
    const { name, better } = metricMeanings[key];
    const caption = html`${name}
      <span class="quiet">${better === 'higher' ? '↑ higher' : '↓ lower'} is better</span>`;
    return chart(name, caption, history, (record) => record.metrics?.[key]);
  });
}

/** None when fewer than two epochs have the value. */
function chart(
  name: string,
  caption: Content,
  history: readonly EpochRecord[],
  valueOf: (record: EpochRecord) => number | undefined,
): Markup[] {
  const points = history.flatMap((record, i) => {
    const value = valueOf(record);
    return value !== undefined && Number.isFinite(value) ? [{ i, value }] : [];
  });
  if (points.length < 2) return [];
  const values = points.map((p) => p.value);
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  const logarithmic = smallest > 0 && largest / smallest > 50;
  const map = (value: number) => (logarithmic ? Math.log10(value) : value);
  let [low, high] = [map(smallest), map(largest)];
  if (high - low < 1e-12 * Math.max(1, Math.abs(high))) [low, high] = [low - 0.5, high + 0.5];
  const x = (i: number) => LEFT + ((WIDTH - LEFT - RIGHT) * i) / Math.max(1, history.length - 1);
  const y = (value: number) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low);
  const ticks = logarithmic
    ? Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i)
    : niceTicks(low, high, 4);
  const texts = logarithmic ? ticks.map(powerOfTen) : tickTexts(ticks);
  const path = points
    .map((p, j) => `${j === 0 ? 'M' : 'L'}${x(p.i).toFixed(1)} ${y(map(p.value)).toFixed(1)}`)
    .join('');
  return [
    html`<figure class="chart">
      <figcaption>
        ${caption}${logarithmic && ' (logarithmic)'}
        <span class="quiet">· last ${short(values[values.length - 1])}</span>
      </figcaption>
      <svg
        viewBox="0 0 ${WIDTH} ${HEIGHT}"
        role="img"
        aria-label="${name} by epoch: ${short(values[0])} at first, ${short(values[values.length - 1])} at last"
      >
        ${phases(history).map(
          ({ from, to }, j) =>
            j % 2 === 1 &&
            html`<rect
              class="band"
              x="${x(from).toFixed(1)}"
              y="${TOP}"
              width="${(x(to) - x(from)).toFixed(1)}"
              height="${HEIGHT - TOP - BOTTOM}"
            />`,
        )}
        ${ticks.map(
          (tick, j) =>
            html`<line
                class="grid"
                x1="${LEFT}"
                x2="${WIDTH - RIGHT}"
                y1="${y(tick).toFixed(1)}"
                y2="${y(tick).toFixed(1)}"
              /><text class="lane" x="${LEFT - 5}" y="${(y(tick) + 4).toFixed(1)}">${texts[j]}</text>`,
        )}
        ${niceTicks(history[0].epoch, history[history.length - 1].epoch, 4)
          .filter(Number.isInteger)
          .map(
            (tick) =>
              html`<text class="tick middle" x="${x(tick - history[0].epoch).toFixed(1)}" y="${HEIGHT - 5}"
                >${tick}</text
              >`,
          )}
        <path class="line" d="${path}" />
        ${points.length <= 30 && html`<path class="marks" d="${points.map((p) => `M${x(p.i).toFixed(1)} ${y(map(p.value)).toFixed(1)}h0`).join('')}" />`}
      </svg>
    </figure>`,
  ];
}

/** The phases of training, in words. */
export function phaseList(history: readonly EpochRecord[]): string {
  return phases(history)
    .map(({ phase, from, to }) => {
      const [first, last] = [history[Math.ceil(from)].epoch, history[to].epoch];
      return `${phase} (${first === last ? `epoch ${first}` : `epochs ${first} to ${last}`})`;
    })
    .join(', ');
}

/** The phases of training, as ranges of rows of the history. */
function phases(history: readonly EpochRecord[]): { phase: Phase; from: number; to: number }[] {
  const result: { phase: Phase; from: number; to: number }[] = [];
  history.forEach(({ phase }, i) => {
    const last = result[result.length - 1];
    if (last?.phase === phase) last.to = i;
    else result.push({ phase, from: i === 0 ? 0 : i - 0.5, to: i });
  });
  return result;
}
