import type { Frames } from '../../data/frames';
import { extent } from '../../extent';
import type { RunInfo } from '../runJson';
import type { Content, Markup } from './html';
import { html } from './html';
import { prettyUnits } from './ticks';
import { duration, span } from './words';

/** What was clustered and how, in a line or two. */
export function facts({ grid, time, fields }: Frames, info: RunInfo): Markup {
  const range = ([low, high]: readonly [number, number], positive: string, negative: string) =>
    [low, high]
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
    grid.geographic && [
      'Area',
      `${range(extent(grid.latitude), 'N', 'S')}, ${range(meridians(grid.longitude), 'E', 'W')}`,
    ],
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

/** The western and eastern end, from 180° W to 180° E, except of what goes more than half around the globe. */
function meridians(longitude: Float64Array): [number, number] {
  // Cells of curvilinear grids may be without coordinates.
  const [west, east] = extent(longitude);
  if (east - west > 180) return [west, east];
  const common = (degrees: number): number => degrees - 360 * Math.ceil((degrees - 180) / 360);
  return [common(west), common(east)];
}
