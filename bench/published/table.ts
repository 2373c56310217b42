import { mean, standardDeviation } from '../statistics';
import { checks } from './checks';
import type { Check, Published } from './checks/check';
import type { Entry } from './record';
import type { Scores } from './scores';

const names: Readonly<Record<keyof Scores, string>> = {
  acc: 'ACC',
  purity: 'purity',
  nmi: 'NMI',
  ari: 'ARI',
  ri: 'RI',
};

/** docs/baselines.md. */
export function tableOf(entries: readonly Entry[]): string {
  const groups = checks.flatMap((check) => groupsOf(check, entries));
  const full = groups.filter(({ whole }) => whole);
  const trials = groups.filter(({ whole }) => !whole);
  const missing = checks.filter((check) => !full.some((group) => group.check === check));
  return [
    '# Published checks of the deep baselines',
    '<!-- Made by `npm run check:published`; changes by hand are lost. -->',
    'Each deep baseline on public data on which it was published, with the published options. ' +
      '`npm run check:published -- NAMES --seeds 1,2,3` runs the checks of these names (all without names), keeps what ' +
      'they reach in `baselines.json`, and writes this table. ACC is the share of samples that agree with their classes ' +
      'under the best matching (Hungarian), purity the share of the most frequent class of each cluster, NMI the normalised mutual information, ARI the adjusted and RI the plain ' +
      'Rand index. Means ± standard deviations over seeds; every run made with these options is in it (options were settled before, in runs that are not). "Reached" means that the mean is no ' +
      'lower than the published figure less the spread that was published with it.',
    full.length > 0 ? tableOfGroups(full) : 'No check has been run yet.',
    ...(missing.length > 0 ? [`Not run yet: ${missing.map(({ id }) => `\`${id}\``).join(', ')}.`] : []),
    ...(trials.length > 0
      ? [
          '## On a part of the data',
          'Trials with `--rows`: no published figure applies.',
          tableOfGroups(trials, false),
        ]
      : []),
    '## Sources and notes',
    checks.map(notesOf).join('\n'),
    '## Every run',
    runsOf(groups),
  ].join('\n\n');
}

interface Group {
  readonly check: Check;
  readonly n: number;
  /** Whether all rows of the data set were clustered. */
  readonly whole: boolean;
  readonly entries: readonly Entry[];
}

/** The runs of a check with its present options, by the number of rows. */
function groupsOf(check: Check, entries: readonly Entry[]): Group[] {
  const options = JSON.stringify(check.options);
  const own = entries.filter((e) => e.check === check.id && JSON.stringify(e.options) === options);
  const sizes = [...new Set(own.map(({ n }) => n))].sort((a, b) => b - a);
  return sizes.map((n) => ({
    check,
    n,
    whole: n === check.rows,
    entries: own.filter((entry) => entry.n === n),
  }));
}

function tableOfGroups(groups: readonly Group[], compare = true): string {
  const header = ['Check', 'samples', 'seeds', 'ACC', 'purity', 'NMI', 'ARI', 'RI', 'processor time a run'];
  if (compare) header.splice(1, 0, 'published', 'outcome');
  const rows = groups.map((group) => {
    const { check, n, entries } = group;
    const cells = [
      `\`${check.id}\` ${check.title}`,
      String(n),
      entries.map(({ seed }) => seed).join(', '),
      ...(['acc', 'purity', 'nmi', 'ari', 'ri'] as const).map((score) =>
        spread(entries.map((e) => e[score])),
      ),
      duration(mean(entries.map((e) => e.processorSeconds))),
    ];
    if (compare) cells.splice(1, 0, check.published.map(figure).join('; '), outcome(group));
    return cells;
  });
  return markdown(header, rows);
}

function figure({ score, value, spread: s }: Published): string {
  return `${names[score]} ${digits(value)}${s === undefined ? '' : ` ± ${digits(s)}`}`;
}

/** Whether the decisive figure was reached: the mean is no lower than it, less the spread that was published with it. */
function outcome({ check, entries }: Group): string {
  const [{ score, value, spread: published = 0 }] = check.published;
  const values = entries.map((entry) => entry[score]);
  const short = value - mean(values);
  if (short <= published) return 'reached';
  // A method of large spread must not pass by it, but whoever reads the table should see it.
  const within = values.length > 1 && short <= standardDeviation(values);
  return `${digits(short)} ${names[score]} short${within ? ', within our own spread' : ''}`;
}

function notesOf({ id, published, options, note }: Check): string {
  const sources = published.map((p) => `${figure(p)}: ${p.source}`).join('; ');
  return `- \`${id}\`: ${sources}. Options: \`${JSON.stringify(options)}\`.${note ? ` ${note}` : ''}`;
}

function runsOf(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ entries }) =>
    entries.map((e) => [
      `\`${e.check}\``,
      String(e.n),
      String(e.seed),
      ...(['acc', 'purity', 'nmi', 'ari', 'ri'] as const).map((score) => digits(e[score])),
      String(e.emptyClusters),
      duration(e.processorSeconds),
    ]),
  );
  const header = [
    'Check',
    'samples',
    'seed',
    'ACC',
    'purity',
    'NMI',
    'ARI',
    'RI',
    'empty clusters',
    'processor time',
  ];
  return markdown(header, rows);
}

function spread(values: readonly number[]): string {
  return values.length > 1
    ? `${digits(mean(values))} ± ${digits(standardDeviation(values))}`
    : digits(values[0]);
}

/** A dash for a score that the record of an early run lacks. */
function digits(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '–';
}

function duration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
