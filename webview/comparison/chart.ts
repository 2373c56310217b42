/** One metric of all methods: every seed a dot, their mean a bar, and a line of one standard deviation to both sides. */
import { scaleLinear } from 'd3';
import type { ChartSnapshot } from '../../src/protocol/comparison';
import { formatNumber } from '../shared/format';
import { coordinate, element, escape } from '../shared/markup';

const ROW = 19;
const TOP = 26;
const BOTTOM = 22;
const NAMES = 138;
const RIGHT = 14;
/** Characters of a name that fit beside the rows. */
const LONGEST = 18;

export const chartHeight = (rows: number): number => TOP + rows * ROW + BOTTOM;

/** `place`: of a chart within another picture. */
export function drawComparisonChart(
  { title, better, rows }: ChartSnapshot,
  width: number,
  place: { readonly x?: number; readonly y?: number } = {},
): string {
  const height = chartHeight(rows.length);
  const values = rows.flatMap((row) => [...row.values, row.mean]).filter((value) => value !== null);
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const margin = low === high ? Math.abs(low || 1) / 10 : (high - low) * 0.04;
  const x = scaleLinear([low - margin, high + margin], [NAMES, width - RIGHT]);
  const bottom = height - BOTTOM;
  const means = rows.flatMap(({ mean, eligible }) => (mean === null || !eligible ? [] : [mean]));
  const best = rows.length > 1 ? (better === 'higher' ? Math.max(...means) : Math.min(...means)) : undefined;
  const format = x.tickFormat(3);
  const ticks = x
    .ticks(3)
    .map((tick) =>
      [
        element('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: TOP, y2: bottom }),
        element('text', { class: 'tick', x: x(tick), y: bottom + 14, 'text-anchor': 'middle' }, format(tick)),
      ].join(''),
    );
  const drawn = rows.map(({ name, eligible, mean, sd, values: seeds }, i) => {
    const y = TOP + (i + 0.5) * ROW;
    const isBest = eligible && mean !== null && mean === best;
    const parts = [
      element('title', {}, escape(describe(name, mean, sd, seeds))),
      element('rect', { class: 'row', x: 0, y: y - ROW / 2, width, height: ROW }),
      element(
        'text',
        { class: isBest ? 'name best' : 'name', x: NAMES - 10, y: y + 3.5, 'text-anchor': 'end' },
        escape(name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name),
      ),
    ];
    if (mean === null) {
      parts.push(element('text', { class: 'tick', x: NAMES, y: y + 3.5 }, 'no value'));
    } else {
      if (sd !== null && sd > 0) {
        const [a, b] = [x(mean - sd), x(mean + sd)].map((at) =>
          Math.min(Math.max(at, NAMES - 4), width - RIGHT + 4),
        );
        parts.push(element('line', { class: 'deviation', x1: a, x2: b, y1: y, y2: y }));
      }
      if (seeds.length > 1) {
        for (const seed of seeds)
          if (seed !== null) parts.push(element('circle', { class: 'seed', cx: x(seed), cy: y, r: 2.4 }));
      }
      const [at, half] = [coordinate(x(mean)), isBest ? 7 : 5.5];
      parts.push(
        element('path', { class: isBest ? 'mean best' : 'mean', d: `M${at} ${y - half}V${y + half}` }),
      );
    }
    return element('g', {}, ...parts);
  });
  return element(
    'svg',
    {
      class: 'chart',
      ...place,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `${title}, ${better} is better: ${rows.map((row) => describe(row.name, row.mean, row.sd, [])).join('; ')}`,
    },
    element(
      'text',
      { class: 'title', x: NAMES, y: 15 },
      escape(title),
      element(
        'tspan',
        { class: 'tick' },
        better === 'higher' ? '  higher is better →' : '  ← lower is better',
      ),
    ),
    ...ticks,
    ...drawn,
  );
}

function describe(
  name: string,
  mean: number | null,
  sd: number | null,
  seeds: readonly (number | null)[],
): string {
  if (mean === null) return `${name}: no value`;
  const spread = sd === null ? '' : ` ± ${formatNumber(sd)}`;
  const each = seeds.length > 1 ? ` (${seeds.map(formatNumber).join(', ')})` : '';
  return `${name}: ${formatNumber(mean)}${spread}${each}`;
}

const GAP = 16;

/** All charts in one picture, two beside each other. */
export function drawComparisonSheet(charts: readonly ChartSnapshot[], label: string): string {
  const width = 420;
  const columns = Math.min(2, charts.length);
  const height = chartHeight(charts[0].rows.length);
  const size = {
    width: columns * (width + GAP) + GAP,
    height: Math.ceil(charts.length / columns) * (height + GAP) + GAP,
  };
  return element(
    'svg',
    { ...size, viewBox: `0 0 ${size.width} ${size.height}`, 'aria-label': label },
    ...charts.map((chart, i) =>
      drawComparisonChart(chart, width, {
        x: GAP + (i % columns) * (width + GAP),
        y: GAP + Math.floor(i / columns) * (height + GAP),
      }),
    ),
  );
}
