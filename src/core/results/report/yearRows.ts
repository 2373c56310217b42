import { daysInMonth } from '../../data/calendars';
import { parseIsoTime } from '../../data/cfTime';
import type { TimeAxis } from '../../data/frames';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours } from './palette';
import { elapsed, spells, usualStep } from './spells';
import { monthName } from './ticks';
import { LEFT, period, RIGHT, WIDTH } from './timePicture';

/** Beyond so many stays they are drawn without their dates, one shape a cluster: the page would be too large. */
const MANY = 3000;

/** Months without data, in a row, that are left out. */
const LONG_GAP = 3;

/**
 * One row a year, months below one another. Of data of some seasons only those are shown, and a winter stays in one row:
 * the row then begins with the first month after the longest gap.
 */
export function yearRows(time: TimeAxis, labels: Int32Array, clusters: number): Markup {
  const colours = clusterColours(clusters);
  const { first, count } = seasonOf(time.iso);
  const places = time.iso.map((iso) => placeOf(iso, time, first));
  const rows = [...new Set(places.map(({ row }) => row))];
  const height = rows.length > 40 ? 9 : 20;
  const gap = rows.length > 40 ? 1 : 3;
  const bottom = rows.length * height;
  const month = (WIDTH - LEFT - RIGHT) / count;
  const times = elapsed(time);
  const usual = usualStep(times);
  const stays = spells(labels, time);
  const parts = stays.flatMap(({ label, start, end }) => {
    const text = `Cluster ${label}: ${period(time, start, end)}`;
    const pieces: { label: number; text: string; row: number; from: number; to: number }[] = [];
    for (let from = start; from < end;) {
      const { row } = places[from];
      let to = from + 1;
      while (to < end && places[to].row === row) to++;
      // A step lasts until the next one, and no longer than usual.
      const step = to < labels.length ? Math.min(times[to] - times[to - 1], usual) : usual;
      const right = Math.min(count, places[to - 1].months + step * places[to - 1].day);
      pieces.push({
        label,
        text,
        row: rows.indexOf(row),
        from: month * places[from].months,
        to: month * right,
      });
      from = to;
    }
    return pieces;
  });
  const width = (part: { from: number; to: number }) => Math.max(0.4, part.to - part.from);
  const drawn =
    parts.length <= MANY
      ? parts.map(
          (part) =>
            html`<rect
              fill="${colours[part.label]}"
              x="${(LEFT + part.from).toFixed(2)}"
              y="${part.row * height}"
              width="${width(part).toFixed(2)}"
              height="${height - gap}"
            >
              <title>${part.text}</title>
            </rect>`,
        )
      : colours.map((colour, k) => {
          const boxes = parts
            .filter(({ label }) => label === k)
            .map((part) => {
              const w = width(part).toFixed(1);
              return `M${(LEFT + part.from).toFixed(1)} ${part.row * height}h${w}v${height - gap}h-${w}z`;
            });
          return html`<path fill="${colour}" d="${boxes.join('')}" />`;
        });
  return html`<svg
    class="ribbon"
    viewBox="0 0 ${WIDTH} ${bottom + 24}"
    role="img"
    aria-label="Cluster of each time step, one row per year"
  >
    ${rows.map(
      (year, r) =>
        (height >= 12 || year % 5 === 0) &&
        html`<text class="lane" x="${LEFT - 8}" y="${r * height + height / 2 + 3}"
          >${first === 0 || count + first <= 12 ? year : `${year}/${String((year + 1) % 100).padStart(2, '0')}`}</text
        >`,
    )}
    ${drawn}
    ${Array.from({ length: count }, (_, m) => {
      const x = LEFT + month * m;
      return html`<line
          class="grid above"
          x1="${x.toFixed(2)}"
          x2="${x.toFixed(2)}"
          y1="0"
          y2="${bottom + 5}"
        /><text class="tick" x="${(x + 3).toFixed(2)}" y="${bottom + 17}"
          >${monthName(((first + m) % 12) + 1)}</text
        >`;
    })}
  </svg>`;
}

/** The months that are shown: the first one (0 is January) and how many. */
function seasonOf(iso: readonly string[]): { first: number; count: number } {
  const covered = new Array<boolean>(12).fill(false);
  for (const text of iso) covered[parseIsoTime(text).month - 1] = true;
  let best = { first: 0, count: 12 };
  for (let first = 0; first < 12; first++) {
    if (!covered[first]) continue;
    let count = 12;
    while (!covered[(first + count - 1) % 12]) count--;
    if (count < best.count) best = { first, count };
  }
  return 12 - best.count >= LONG_GAP ? best : { first: 0, count: 12 };
}

interface Place {
  /** Named by the year that the row begins in. */
  readonly row: number;
  /** Months since the beginning of the row. */
  readonly months: number;
  /** Share of the month that a day is. */
  readonly day: number;
}

function placeOf(iso: string, { calendar }: TimeAxis, first: number): Place {
  const { year, month, day, milliseconds } = parseIsoTime(iso);
  const share = 1 / daysInMonth(year, month, calendar);
  return {
    row: month - 1 < first ? year - 1 : year,
    months: ((month - 1 - first + 12) % 12) + (day - 1 + milliseconds / 864e5) * share,
    day: share,
  };
}
