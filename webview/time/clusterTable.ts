/** The clusters in numbers: how often, how long, how sure; and what a selected period is made of. */
import type { Selection } from '../../src/protocol/panel';
import { formatShare } from '../shared/format';
import { element, escape } from '../shared/markup';
import { clusterColor } from '../shared/palette';
import type { DataTable } from '../shared/tables';
import type { ClusterStatistics } from './statistics';
import type { TimeAxis } from './timeAxis';

export interface ClusterSummary {
  readonly clusters: number;
  /** Null before the first clustering. [K] */
  readonly each: readonly ClusterStatistics[] | null;
  readonly all: ClusterStatistics | null;
  /** Steps of each cluster in the selected period. [K] */
  readonly inPeriod: readonly number[] | null;
}

export function chip(label: number): string {
  return element(
    'svg',
    { class: 'chip', width: 12, height: 12, viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    element('rect', { width: 12, height: 12, rx: 2, fill: clusterColor(label) }),
  );
}

/** Whether steps are days, so that a length need not be said twice. */
export function stepsAreDays({ calendar, usual }: TimeAxis): boolean {
  return calendar !== null && usual === 1;
}

/** "days", "steps" or "steps (days)": the unit of {@link formatLength}. */
export function lengthUnit(axis: TimeAxis): string {
  if (!axis.calendar) return 'steps';
  return stepsAreDays(axis) ? 'days' : 'steps (days)';
}

/** A length of so many steps, which take so many days. Means have a decimal, lengths of single spells need none. */
export function formatLength(steps: number, days: number, axis: TimeAxis, mean = false): string {
  if (!Number.isFinite(steps)) return '–';
  const digits = (value: number, whole: boolean): string => value.toFixed(whole || value >= 100 ? 0 : 1);
  if (!axis.calendar) return digits(steps, !mean);
  if (stepsAreDays(axis)) return digits(days, !mean);
  return `${digits(steps, !mean)} (${digits(days, !mean && axis.usual >= 1)})`;
}

const figure = (text: string, column?: string): string =>
  element('td', { class: 'figure', 'data-column': column }, text);

export function drawClusterTable(summary: ClusterSummary, axis: TimeAxis): string {
  const { each, all, inPeriod, clusters } = summary;
  const unit = element('small', {}, lengthUnit(axis));
  const head = (text: string, below = ''): string =>
    element('th', { class: 'figure', scope: 'col' }, text, below);
  const largest = Math.max(1, ...(each ?? []).map(({ steps }) => steps));
  const period = inPeriod ? inPeriod.reduce((sum, count) => sum + count, 0) : 0;
  return element(
    'table',
    { class: 'clusters' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        '<th scope="col">Cluster</th><th class="bar"></th>',
        head('Share'),
        head('Steps'),
        head('Spells'),
        head('Mean spell', unit),
        head('Longest', unit),
        head('Mean probability'),
        inPeriod ? head('In the period', element('small', {}, `of ${period} steps`)) : '',
      ),
    ),
    element(
      'tbody',
      {},
      ...Array.from({ length: clusters }, (_, label) =>
        drawRow(label, each?.[label], (each?.[label].steps ?? 0) / largest, axis, inPeriod, period),
      ),
    ),
    element(
      'tfoot',
      {},
      element(
        'tr',
        {},
        '<th scope="row">All</th><td class="bar"></td>',
        figure(''),
        ...numbers(all ?? undefined, axis),
        inPeriod ? figure('') : '',
      ),
    ),
  );
}

function numbers(own: ClusterStatistics | undefined, axis: TimeAxis): string[] {
  if (!own) return Array<string>(5).fill(figure('–'));
  const { steps, spells, meanSteps, meanLength, longest, probability } = own;
  return [
    figure(String(steps), 'steps'),
    figure(String(spells), 'spells'),
    figure(formatLength(meanSteps, meanLength, axis, true)),
    figure(longest ? formatLength(longest.last - longest.first + 1, longest.length, axis) : '–'),
    figure(probability === null ? '–' : probability.toFixed(2)),
  ];
}

function drawRow(
  label: number,
  own: ClusterStatistics | undefined,
  bar: number,
  axis: TimeAxis,
  inPeriod: readonly number[] | null,
  period: number,
): string {
  const empty = own?.steps === 0;
  return element(
    'tr',
    { class: empty ? 'selectable empty' : 'selectable', 'data-row': label },
    element(
      'th',
      { scope: 'row' },
      element(
        'button',
        { class: 'link', 'aria-pressed': 'false', 'aria-label': `Select cluster ${label}` },
        chip(label),
        String(label),
      ),
    ),
    element('td', { class: 'bar' }, drawBar(bar, clusterColor(label))),
    figure(own ? (empty ? 'empty' : formatShare(own.share)) : '–'),
    ...numbers(own, axis),
    inPeriod
      ? figure(period > 0 ? `${inPeriod[label]} (${formatShare(inPeriod[label] / period)})` : '–')
      : '',
  );
}

function drawBar(length: number, color: string): string {
  return element(
    'svg',
    { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    element('rect', { width: 100 * length, height: 10, fill: color }),
  );
}

/** For the clipboard. */
export function clusterData({ each, inPeriod }: ClusterSummary, axis: TimeAxis): DataTable {
  const dated = axis.calendar !== null;
  return {
    caption: 'Clusters',
    columns: [
      { title: 'Cluster', key: 'cluster' },
      { title: 'Steps', key: 'steps', numeric: true },
      { title: 'Share', key: 'share', numeric: true },
      { title: 'Spells', key: 'spells', numeric: true },
      { title: 'Mean spell (steps)', key: 'mean_spell_steps', numeric: true },
      ...(dated ? [{ title: 'Mean spell (days)', key: 'mean_spell_days', numeric: true }] : []),
      { title: 'Longest spell (steps)', key: 'longest_spell_steps', numeric: true },
      ...(dated ? [{ title: 'Longest spell (days)', key: 'longest_spell_days', numeric: true }] : []),
      { title: 'Mean probability', key: 'mean_probability', numeric: true },
      ...(inPeriod ? [{ title: 'Steps in the period', key: 'steps_in_period', numeric: true }] : []),
    ],
    rows: (each ?? []).map(({ steps, share, spells, meanSteps, meanLength, longest, probability }, label) => [
      String(label),
      steps,
      share,
      spells,
      meanSteps,
      ...(dated ? [meanLength] : []),
      longest ? longest.last - longest.first + 1 : null,
      ...(dated ? [longest?.length ?? null] : []),
      probability,
      ...(inPeriod ? [inPeriod[label]] : []),
    ]),
  };
}

/** What is selected, in words: a step, a period, a cluster. */
export function describeSelection(
  { step, period, cluster }: Selection,
  axis: TimeAxis,
  describe: (step: number) => string,
): string {
  const parts = [];
  if (step !== null && step < axis.count) parts.push(escape(describe(step)));
  if (period && period[1] < axis.count) {
    const [first, last] = period;
    const steps = last - first + 1;
    parts.push(
      `${escape(axis.format(first))} to ${escape(axis.format(last))} (${steps} ${steps === 1 ? 'step' : 'steps'})`,
    );
  }
  if (cluster !== null) parts.push(`all of cluster ${cluster}`);
  return parts.join(' · ');
}
