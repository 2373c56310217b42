import type { Frames } from '../../data/frames';
import type { RunInfo } from '../runJson';
import type { Content, Markup } from './html';
import { html } from './html';
import { prettyUnits } from './ticks';
import { duration, span } from './words';

/** What was clustered and how, in a line or two. */
export function facts({ grid, time, fields }: Frames, info: RunInfo): Markup {
  const range = (values: Float64Array, positive: string, negative: string) =>
    [Math.min(...minMax(values)), Math.max(...minMax(values))]
      .map((value) => `${Number(Math.abs(value).toFixed(2))}° ${value < 0 ? negative : positive}`)
      .join(' to ');
  const { total } = info.timings;
  const entries: [string, Content][] = [
    [
      'Variables',
      fields
        .map(({ name, units }) => (prettyUnits(units) ? `${name} [${prettyUnits(units)}]` : name))
        .join(', '),
    ],
    [
      'Time',
      `${span({ time })}${time.calendar === 'standard' || time.units === '1' ? '' : ` (${time.calendar})`}`,
    ],
    ['Grid', `${grid.height} × ${grid.width}${grid.kind === 'curvilinear' ? ', curvilinear' : ''}`],
    grid.geographic && ['Area', `${range(grid.latitude, 'N', 'S')}, ${range(grid.longitude, 'E', 'W')}`],
    ['Clusters', `K = ${info.clusters}`],
    ['Engine', info.engine],
    ['Seed', info.config.seed],
    [
      'Run',
      `${info.started.slice(0, 16).replace('T', ' ')} UTC${total === undefined ? '' : `, took ${duration(total)}`}`,
    ],
  ].filter((entry) => entry !== false) as [string, Content][];
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function minMax(values: Float64Array): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}
