import { csvCell } from '../../results/csv';
import { renumber } from '../agreement';
import type { Comparison, ComparisonRow, FitRow } from '../aggregate';
import { metricColumns } from '../metricColumns';
import type { Statistic } from '../statistic';
import { failureText, fitsText } from './model';

type Value = string | number | boolean | undefined;

/** Empty for what is undefined; numbers in full. */
function csv(header: readonly string[], rows: readonly (readonly Value[])[]): string {
  const text = (value: Value): string => {
    if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) return '';
    return csvCell(String(value));
  };
  return [header.join(','), ...rows.map((row) => row.map(text).join(','))].join('\n') + '\n';
}

const scores = ['acc', 'nmi', 'ari'] as const;
const metricKeys = metricColumns.map(({ key }) => key);
const nameOf = ({ id, method }: ComparisonRow): string => id.slice(method.id.length + 1);

/** comparison.csv: one row for each labelling of each fit, failed ones with their reason. */
export function longCsv({ rows, hasTruth, clusters }: Comparison): string {
  const truth = hasTruth ? scores : [];
  const header = [
    ...['method', 'labels', 'title', 'seed', 'state', 'reason', 'clusters', 'nonEmptyClusters'],
    ...metricKeys,
    ...truth,
    ...['seconds', 'processorSeconds', 'peakMemoryMiB', 'memoryBeforeMiB'],
  ];
  const body = rows.flatMap((row) => {
    const head = [row.method.id, nameOf(row), row.title];
    const done = row.fits.map((fit): { seed: number; cells: Value[] } => ({
      seed: fit.seed,
      cells: [
        ...[...head, fit.seed, 'done', '', clusters, fit.nonEmpty],
        ...metricKeys.map((key) => fit.metrics[key]),
        ...truth.map((key) => fit.truth?.[key]),
        ...[fit.seconds, fit.processorSeconds, fit.peakMemory, fit.memoryBefore],
      ],
    }));
    const failed = row.failures.map(({ seed, reason }): { seed: number; cells: Value[] } => {
      const cells: Value[] = [...head, seed, 'failed', reason, clusters];
      return { seed, cells: [...cells, ...header.slice(cells.length).map(() => undefined)] };
    });
    // The failures of a fit are told once, in the row of the method itself.
    return nameOf(row) === '' ? [...done, ...failed] : done;
  });
  return csv(
    header,
    body.map(({ cells }) => cells),
  );
}

const twice = (names: readonly string[]): string[] => names.flatMap((name) => [name, `${name}_sd`]);

/** table.csv: one row for each method; means and standard deviations. */
export function tableCsv({ rows, hasTruth, clusters, seeds }: Comparison): string {
  const truth = hasTruth ? scores : [];
  const header = [
    ...['method', 'labels', 'title', 'kind', 'clusters', 'fits', 'failed', 'deterministic', 'identical'],
    ...['nonEmptyClusters_least', 'nonEmptyClusters_most'],
    ...twice(metricKeys),
    ...twice(truth),
    ...[
      'meanRank',
      'stability_ari',
      'stability_nmi',
      'seconds',
      'seconds_sd',
      'peakMemoryMiB',
      'note',
      'failure',
    ],
  ];
  const both = (statistic?: Statistic): Value[] => [statistic?.mean, statistic?.sd];
  const body = rows.map((row) => [
    ...[
      row.method.id,
      nameOf(row),
      row.title,
      row.method.kind,
      clusters,
      row.fits.length,
      row.failures.length,
    ],
    ...[row.method.deterministic, row.identical, row.nonEmpty?.least, row.nonEmpty?.most],
    ...metricKeys.flatMap((key) => both(row.metrics[key])),
    ...truth.flatMap((key) => both(row.truth?.[key])),
    ...[row.rank, row.stability?.ari.mean, row.stability?.nmi.mean, ...both(row.seconds), row.peakMemory],
    ...[fitsText(row, seeds.length), row.failures.length > 0 ? failureText(row.failures) : ''],
  ]);
  return csv(header, body);
}

/** best.csv: of each method the seed with the highest cosine silhouette. */
export function bestCsv({ rows, hasTruth, seeds }: Comparison): string {
  const truth = hasTruth ? scores : [];
  const header = ['method', 'labels', 'title', 'selectedBy', 'ofSeeds', 'seed', ...metricKeys, ...truth];
  const body = rows.flatMap((row) => {
    const { best } = row;
    if (!best) return [];
    return [
      [
        ...[row.method.id, nameOf(row), row.title, 'silhouetteCosine', seeds.length, best.seed],
        ...metricKeys.map((key) => best.metrics[key]),
        ...truth.map((key) => best.truth?.[key]),
      ],
    ];
  });
  return csv(header, body);
}

/** agreement.csv: each two methods, and each method with itself between its seeds. */
export function agreementCsv({ rows, agreement }: Comparison): string {
  const stability = rows.flatMap(({ id, stability }) => (stability ? [{ a: id, b: id, ...stability }] : []));
  return csv(
    ['kind', 'a', 'b', 'ari', 'ari_sd', 'nmi', 'nmi_sd', 'pairs'],
    [
      ...stability.map((pair) => ({ kind: 'between seeds', ...pair })),
      ...agreement.map((pair) => ({ kind: 'between methods', ...pair })),
    ].map(({ kind, a, b, ari, nmi }) => [kind, a, b, ari.mean, ari.sd, nmi.mean, nmi.sd, ari.n]),
  );
}

/** labels.csv: the labels of every fit beside the times, numbered so that they match those of the first column best. */
export function labelsCsv({ rows }: Comparison, times: readonly string[], truth?: Int32Array): string {
  const fits = rows.flatMap((row) =>
    row.fits.map((fit): { id: string; fit: FitRow } => ({ id: row.id, fit })),
  );
  const reference = truth ?? fits[0]?.fit.labels;
  const columns = fits.map(({ fit }) => renumber(fit.labels, reference));
  return csv(
    ['time', ...(truth ? ['truth'] : []), ...fits.map(({ id, fit }) => `${id}_seed${fit.seed}`)],
    times.map((time, t) => [time, ...(truth ? [truth[t]] : []), ...columns.map((labels) => labels[t])]),
  );
}
