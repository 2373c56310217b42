import { certaintyWords } from '../../choose/words';
import type { Comparison, ComparisonRow, FitRow, TruthScores } from '../aggregate';
import { metricColumns } from '../metricColumns';
import { ranks, type Statistic } from '../statistic';

/** A table before it is written in some language: nothing in it is escaped. */
export interface Table {
  readonly title: string;
  /** What a reader must know to read it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly title: string;
  readonly better?: 'higher' | 'lower';
}

/** A row: its name, and cells for the columns after the first, or why there are none. */
export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly failure?: string;
}

export interface Cell {
  readonly text: string;
  /** Standard deviation, where it means something. */
  readonly spread?: string;
  /** Whether no other row is better in this column. */
  readonly best?: boolean;
}

/** What stands where there is no value. */
export const NOTHING = '–';

interface Measure {
  readonly column: Column & { readonly better: 'higher' | 'lower' };
  of(row: ComparisonRow): Statistic | undefined;
  ofFit(fit: FitRow): number | undefined;
}

/** The metrics that the tables for people show; the CSV files have all. */
const metricMeasures: readonly Measure[] = metricColumns
  .filter(({ key }) => key !== 'centroidDistance')
  .map(({ key, short, better }) => ({
    column: { title: short, better },
    of: ({ metrics }) => metrics[key],
    ofFit: ({ metrics }) => metrics[key],
  }));

const truthMeasure = (title: string, key: keyof TruthScores<unknown>): Measure => ({
  column: { title, better: 'higher' },
  of: ({ truth }) => truth?.[key],
  ofFit: ({ truth }) => truth?.[key],
});
const truthMeasures: readonly Measure[] = [
  truthMeasure('ACC', 'acc'),
  truthMeasure('NMI', 'nmi'),
  truthMeasure('ARI', 'ari'),
];

const measuresOf = ({ hasTruth }: Comparison): Measure[] => [
  ...(hasTruth ? truthMeasures : []),
  ...metricMeasures,
];

/**
 * Whether every seed filled all K clusters. Figures of fewer clusters are of another question, and silhouette and I-CD
 * favour them, so they are marked and never the best.
 */
export function isComplete({ nonEmpty }: ComparisonRow, { clusters }: Pick<Comparison, 'clusters'>): boolean {
  return nonEmpty !== undefined && nonEmpty.least === clusters;
}

const MARK = ' †';
const markNote = (rows: readonly Row[]): string =>
  rows.some(({ name }) => name.endsWith(MARK))
    ? ` ${MARK.trim()} Some clusters are empty: figures of fewer clusters, which are not marked as the best.`
    : '';

/** The name of a row, marked where it has empty clusters. */
export function markedTitle(row: ComparisonRow, comparison: Pick<Comparison, 'clusters'>): string {
  return row.fits.length === 0 || isComplete(row, comparison) ? row.title : row.title + MARK;
}

/** The main table: mean and standard deviation over the seeds. */
export function meansTable(comparison: Comparison): Table {
  const { rows, seeds } = comparison;
  const complete = rows.map((row) => isComplete(row, comparison));
  const measured = measuresOf(comparison).map(({ column, of }) => {
    const values = rows.map((row) => (row.fits.length > 0 ? of(row) : undefined));
    return { column, cells: statisticCells(rows, values, column.better, complete) };
  });
  const rank = statisticCells(
    rows,
    rows.map((row) => (row.rank === undefined ? undefined : { mean: row.rank, sd: NaN, n: 1 })),
    'lower',
    complete,
    2,
  );
  const over =
    seeds.length === 1 ? `Seed ${seeds[0]}` : `Mean ± standard deviation over ${seeds.length} seeds`;
  const ranked = metricColumns.filter((column) => column.ranked).map(({ short }) => short);
  const drawn = rows.map((row, i) => ({
    ...rowWith(row, [rank[i], ...measured.map(({ cells }) => cells[i])]),
    name: markedTitle(row, comparison),
  }));
  return {
    title: seeds.length === 1 ? 'One seed' : 'Mean and standard deviation over seeds',
    caption:
      `${over}; ${clustersText(comparison)}. No deviation is given where every seed gives the same partition. ` +
      `Mean rank: of the places among the rows, by the mean, in ${ranked.join(', ')}.` +
      markNote(drawn),
    columns: [
      { title: 'Method' },
      { title: 'Mean rank', better: 'lower' },
      ...measured.map(({ column }) => column),
    ],
    rows: drawn,
  };
}

function clustersText({ clusters, certainty }: Comparison): string {
  const chosen = certainty && `, chosen from the data before the fits (${certaintyWords[certainty]})`;
  return `K = ${clusters}${chosen ?? ''}`;
}

/** What the methods have cost, and how much of their labels is chance. */
export function costTable({ rows, seeds }: Comparison): Table {
  const stability = (key: 'ari' | 'nmi'): Cell[] =>
    statisticCells(
      rows,
      rows.map(({ stability }) => stability && { ...stability[key], sd: NaN }),
      undefined,
      undefined,
      2,
    );
  const [ari, nmi] = [stability('ari'), stability('nmi')];
  const seconds = statisticCells(
    rows,
    rows.map((row) => (row.fits.length > 0 ? row.seconds : undefined)),
    undefined,
    undefined,
    undefined,
    // Times differ from seed to seed whatever the labels do.
    true,
  );
  return {
    title: 'Stability and cost',
    caption:
      'Stability: mean agreement of the labels between each two seeds. Time: of the fit alone, by the clock. Memory: ' +
      'largest resident memory of the process until the end of the fit, runtime and data included.',
    columns: [
      'Method',
      'Fits',
      'Non-empty clusters',
      'Stability (ARI)',
      'Stability (NMI)',
      'Time (s)',
      'Memory (MiB)',
    ].map((title) => ({ title })),
    rows: rows.map((row, i) =>
      rowWith(row, [
        { text: fitsText(row, seeds.length) },
        { text: row.nonEmpty ? rangeText(row.nonEmpty) : NOTHING },
        ari[i],
        nmi[i],
        seconds[i],
        { text: row.peakMemory === undefined ? NOTHING : String(row.peakMemory) },
      ]),
    ),
  };
}

/** Whether any method had seeds to choose from. */
export function hasBest({ rows }: Comparison): boolean {
  return rows.some(({ fits }) => fits.length > 1);
}

/** Best of n, apart from the means. */
export function bestTable(comparison: Comparison): Table {
  const rows = comparison.rows.filter(({ best }) => best);
  const complete = rows.map(({ best }) => best!.nonEmpty === comparison.clusters);
  const measured = measuresOf(comparison).map(({ column, ofFit }) => {
    const values = rows.map(({ best }): Statistic => ({ mean: ofFit(best!) ?? NaN, sd: NaN, n: 1 }));
    return { column, cells: statisticCells(rows, values, column.better, complete) };
  });
  const drawn = rows.map((row, i): Row => ({
    name: complete[i] ? row.title : row.title + MARK,
    cells: [
      { text: row.method.deterministic ? 'any' : String(row.best!.seed) },
      ...measured.map(({ cells }) => cells[i]),
    ],
  }));
  return {
    title: 'Best seed by cosine silhouette',
    caption:
      `Of each method the one of ${comparison.seeds.length} seeds with the highest cosine silhouette, as the published code ` +
      'selects. Selected on a metric that it shows, so it must not be set beside means.' +
      markNote(drawn),
    columns: [{ title: 'Method' }, { title: 'Seed' }, ...measured.map(({ column }) => column)],
    rows: drawn,
  };
}

/** Agreement between methods: ARI below the diagonal, NMI above it, on it the ARI between the method's own seeds. */
export function agreementTable({ rows, agreement }: Comparison): Table {
  const fitted = rows.filter(({ fits }) => fits.length > 0);
  const cell = (i: number, j: number): Cell => {
    if (i === j) return { text: two(fitted[i].stability?.ari.mean) };
    const [a, b] = [fitted[Math.min(i, j)].id, fitted[Math.max(i, j)].id];
    const pair = agreement.find((one) => one.a === a && one.b === b);
    return { text: two(i > j ? pair?.ari.mean : pair?.nmi.mean) };
  };
  return {
    title: 'Agreement between methods',
    caption:
      'Of labels with the same seed, mean over the seeds: ARI below the diagonal, NMI above it; on it the ARI between ' +
      "the method's own seeds.",
    columns: [{ title: 'Method' }, ...fitted.map((_, i) => ({ title: String(i + 1) }))],
    rows: fitted.map(({ title }, i) => ({
      name: `${i + 1} ${title}`,
      cells: fitted.map((_, j) => cell(i, j)),
    })),
  };
}

const two = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? NOTHING : value.toFixed(2);

function rowWith(row: ComparisonRow, cells: readonly Cell[]): Row {
  return row.fits.length > 0
    ? { name: row.title, cells }
    : { name: row.title, cells: [], failure: failureText(row.failures) };
}

/** Why fits have failed: each reason once. */
export function failureText(failures: ComparisonRow['failures']): string {
  const reasons = [...new Set(failures.map(({ reason }) => reason))];
  if (reasons.length === 1) return reasons[0];
  return reasons
    .map((reason) => {
      const seeds = failures.filter((failure) => failure.reason === reason).map(({ seed }) => seed);
      return `seed ${seeds.join(', ')}: ${reason}`;
    })
    .join(' ');
}

/** "5", "4 of 5", "5, all equal", "1 (deterministic)". */
export function fitsText({ method, fits, identical }: ComparisonRow, seeds: number): string {
  if (method.deterministic) return fits.length > 0 ? '1 (deterministic)' : '0';
  const count = fits.length === seeds ? String(seeds) : `${fits.length} of ${seeds}`;
  return identical ? `${count}, all equal` : count;
}

function rangeText({ least, most }: { least: number; most: number }): string {
  return least === most ? String(least) : `${least}–${most}`;
}

/** The values of a column with the same number of decimals; the best ones marked where `better` says which they are. */
function statisticCells(
  rows: readonly ComparisonRow[],
  values: readonly (Statistic | undefined)[],
  better: 'higher' | 'lower' | undefined,
  /** Which rows may be the best. */
  eligible: readonly boolean[] = rows.map(() => true),
  decimals = decimalsFor(values.flatMap((value) => (value ? [value.mean] : []))),
  varies = false,
): Cell[] {
  const means = values.map((value) => value?.mean ?? NaN);
  // Among one, nothing is best.
  const places =
    rows.length > 1 &&
    better &&
    ranks(
      means.map((mean, i) => (eligible[i] ? mean : NaN)),
      better,
    );
  const first = places && Math.min(...places);
  return values.map((value, i) => {
    if (!value || Number.isNaN(value.mean)) return { text: NOTHING };
    const spread =
      Number.isNaN(value.sd) || (rows[i].identical && !varies) ? undefined : value.sd.toFixed(decimals);
    return {
      text: value.mean.toFixed(decimals),
      ...(spread !== undefined && { spread }),
      ...(places && eligible[i] && places[i] === first && { best: true }),
    };
  });
}

/** As many decimals as give the largest value four digits, three decimals at most unless all are small. */
function decimalsFor(values: readonly number[]): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  if (largest === 0) return 3;
  return Math.max(
    0,
    Math.min(
      6,
      largest < 0.1 ? 3 - Math.floor(Math.log10(largest)) : 3 - Math.max(0, Math.floor(Math.log10(largest))),
    ),
  );
}
