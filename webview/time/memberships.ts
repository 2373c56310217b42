/** Soft memberships as a stacked area below a band of the ribbon, cluster 0 at the bottom. */
import { coordinate, element } from '../shared/markup';
import { clusterColor } from '../shared/palette';
import { toPixels } from './pixels';
import type { RibbonBand, RibbonLayout } from './ribbonLayout';
import type { Labelled } from './statistics';

/** What is thinner than this is not drawn, in pixels. */
const THINNEST = 0.2;

/** Columns of the picture, with the memberships of each. */
interface Columns {
  readonly count: number;
  /** [count, K] */
  readonly shares: Float32Array;
  from(column: number): number;
  to(column: number): number;
  isEmpty(column: number): boolean;
}

function columnsOf(series: Labelled, layout: RibbonLayout, band: RibbonBand): Columns {
  if (layout.binned) {
    const { start, count, shares, steps } = toPixels(series, layout, band);
    return {
      count,
      shares,
      from: (column) => start + column,
      to: (column) => start + column + 1,
      isEmpty: (column) => steps[column] === 0,
    };
  }
  const { first, last } = band;
  return {
    count: last - first + 1,
    shares: series.memberships!.subarray(first * series.clusters, (last + 1) * series.clusters),
    from: (column) => layout.x[first + column],
    to: (column) => layout.x[first + column] + layout.cellWidth[first + column],
    isEmpty: () => false,
  };
}

/** One path for each cluster; holes in time stay holes. */
export function drawMemberships(series: Labelled, layout: RibbonLayout, band: RibbonBand): string {
  if (band.areaHeight === 0) return '';
  const { clusters } = series;
  const columns = columnsOf(series, layout, band);
  // A hair of the background keeps the area apart from the labels above it.
  const hair = layout.bands.length > 1 ? 1 : 5;
  const top = band.y + band.height + hair;
  const height = band.areaHeight - hair;
  const paths = Array.from({ length: clusters }, (): string[] => []);
  const open = Array.from({ length: clusters }, (): Outline | undefined => undefined);
  const close = (k: number): void => {
    if (open[k]) paths[k].push(open[k].path());
    open[k] = undefined;
  };
  let end = -Infinity;
  for (let column = 0; column < columns.count; column++) {
    const [from, to] = [columns.from(column), columns.to(column)];
    const hole = columns.isEmpty(column) || from - end > 0.1;
    let below = 0;
    for (let k = 0; k < clusters; k++) {
      const share = columns.shares[column * clusters + k];
      const y0 = top + height * (1 - Math.min(below, 1));
      below += share;
      const y1 = top + height * (1 - Math.min(below, 1));
      if (hole) close(k);
      if (columns.isEmpty(column)) continue;
      // Not a number: no clustering says anything of this step.
      if (!(y0 - y1 >= THINNEST)) close(k);
      else (open[k] ??= new Outline(from)).extend(to, quarter(y0), quarter(y1));
    }
    end = to;
  }
  paths.forEach((_, k) => close(k));
  return paths
    .map((parts, k) =>
      parts.length === 0
        ? ''
        : element('path', {
            class: 'membership',
            fill: clusterColor(k),
            'shape-rendering': 'crispEdges',
            'data-cluster': k,
            d: parts.join(''),
          }),
    )
    .join('');
}

/** Steps along the upper edge, and back along the lower one. */
class Outline {
  private upper: string;
  private readonly lower: string[] = [];
  private end: number;
  private last: { low: number; high: number } | undefined;

  constructor(private readonly start: number) {
    this.upper = '';
    this.end = start;
  }

  /** `low` and `high` are the y of the lower and the upper edge up to the x `to`. */
  extend(to: number, low: number, high: number): void {
    if (!this.last) {
      this.upper = `M${coordinate(this.start)} ${low}V${high}`;
    } else {
      const x = coordinate(this.end);
      if (high !== this.last.high) this.upper += `H${x}V${high}`;
      if (low !== this.last.low) this.lower.push(`H${x}V${this.last.low}`);
    }
    this.last = { low, high };
    this.end = to;
  }

  path(): string {
    return `${this.upper}H${coordinate(this.end)}V${this.last!.low}${this.lower.reverse().join('')}H${coordinate(this.start)}z`;
  }
}

function quarter(y: number): number {
  return Math.round(y * 4) / 4;
}
