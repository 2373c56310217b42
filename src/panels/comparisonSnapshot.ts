/** What the panels are sent of a comparison. Knows nothing of VS Code. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Comparison, ComparisonRow } from '../core/compare/aggregate';
import type { Table } from '../core/compare/tables/model';
import { messageOf } from '../core/errors';
import type {
  ComparisonEntry,
  ComparisonSnapshot,
  ComparisonTable,
  FiguresSnapshot,
  TableFormat,
  TableSnapshot,
} from '../protocol/comparison';
import { type ActiveComparison, isGoingOn } from '../runs/comparisonService';

/** Loaded on first use: activation must stay quick. */
const load = async () => {
  const [{ readFigures }, { comparisonFiles }, model, columns, tables] = await Promise.all([
    import('../core/compare/figures'),
    import('../core/compare/files'),
    import('../core/compare/tables/model'),
    import('../core/compare/metricColumns'),
    import('../core/compare/tables'),
  ]);
  return { readFigures, comparisonFiles, ...model, ...columns, ...tables };
};

/** The comparison in `directory` as its files and, where this window works on it, `active` say. */
export async function comparisonSnapshot(
  directory: string,
  active: ActiveComparison | undefined,
): Promise<ComparisonSnapshot> {
  const { readFigures, comparisonFiles, dataText } = await load();
  try {
    const { info, comparison } = await readFigures(directory);
    const { config } = info;
    const fits = comparison.rows.filter(({ id, method }) => id === method.id);
    const failed = sum(fits.map(({ failures }) => failures.length));
    const done = failed + sum(fits.map((row) => row.fits.length));
    const total = sum(info.methods.map(({ deterministic }) => (deterministic ? 1 : config.seeds.length)));
    const current = active?.progress?.current;
    return {
      directory,
      state: stateOf(info.state, active),
      files: config.files.map((file) => path.basename(file)),
      data: dataText(info),
      started: info.started,
      progress: {
        done,
        total,
        failed,
        current: current ? `${current.title}, seed ${current.seed}` : null,
        share: current?.share ?? null,
      },
      message: active?.message ?? info.message ?? null,
      warnings: info.warnings ?? [],
      figures: comparison.rows.length > 0 ? await figuresOf(comparison) : null,
      hasFiles: existsSync(path.join(directory, comparisonFiles.markdown)),
    };
  } catch (error) {
    return missingComparison(directory, messageOf(error));
  }
}

function missingComparison(directory: string, message: string): ComparisonSnapshot {
  return {
    directory,
    state: 'missing',
    files: [],
    data: '',
    started: '',
    progress: null,
    message,
    warnings: [],
    figures: null,
    hasFiles: false,
  };
}

function stateOf(
  stored: 'running' | 'interrupted' | 'finished',
  active: ActiveComparison | undefined,
): ComparisonSnapshot['state'] {
  if (active && isGoingOn(active)) return active.state as 'queued' | 'running' | 'cancelling';
  return stored === 'running' ? 'elsewhere' : stored;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A table that may be changed by whoever gets it. */
const sent = ({ columns, rows, ...rest }: Table): TableSnapshot => ({
  ...rest,
  columns: columns.map((column) => ({ ...column })),
  rows: rows.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ ...cell })) })),
});

async function figuresOf(comparison: Comparison): Promise<FiguresSnapshot> {
  const {
    meansTable,
    costTable,
    agreementTable,
    bestTable,
    hasBest,
    failureText,
    isComplete,
    markedTitle,
    metricColumns,
  } = await load();
  const fitted = comparison.rows.filter(({ fits }) => fits.length > 0);
  const partly = fitted.filter(({ id, method, failures }) => id === method.id && failures.length > 0);
  const methods = new Map(comparison.rows.map(({ method }) => [method.id, method]));
  return {
    means: sent(meansTable(comparison)),
    cost: sent(costTable(comparison)),
    agreement: sent(agreementTable(comparison)),
    best: hasBest(comparison) ? sent(bestTable(comparison)) : null,
    charts: metricColumns
      .filter(({ key }) => key !== 'centroidDistance')
      .map(({ key, short, better }) => ({
        title: short,
        better,
        rows: fitted.map((row: ComparisonRow) => ({
          name: markedTitle(row, comparison),
          eligible: isComplete(row, comparison),
          mean: orNull(row.metrics[key].mean),
          sd: row.identical ? null : orNull(row.metrics[key].sd),
          values: row.fits.map(({ metrics }) => orNull(metrics[key])),
        })),
      })),
    // Where no fit has worked, the table says why.
    failures: partly.map(({ title, failures }) => ({ title, reason: failureText(failures) })),
    methods: [...methods.values()].map(({ title, reference }) => ({ title, reference })),
  };
}

/** One table in one format, as the files of the comparison have it. */
export async function comparisonText(
  directory: string,
  table: ComparisonTable,
  format: TableFormat,
): Promise<string> {
  const [
    { readFigures, meansTable, costTable, agreementTable, bestTable },
    csv,
    { markdownTable },
    { latexTable },
  ] = await Promise.all([
    load(),
    import('../core/compare/tables/csv'),
    import('../core/compare/tables/markdown'),
    import('../core/compare/tables/latex'),
  ]);
  const { comparison } = await readFigures(directory);
  if (format === 'CSV') {
    const write = {
      means: csv.tableCsv,
      cost: csv.tableCsv,
      agreement: csv.agreementCsv,
      best: csv.bestCsv,
    }[table];
    return write(comparison);
  }
  const made = { means: meansTable, cost: costTable, agreement: agreementTable, best: bestTable }[table](
    comparison,
  );
  return format === 'Markdown' ? markdownTable(made) : latexTable(made, `comparison-${table}`);
}

/** The comparisons of the same data files among the runs of `folder`, newest first; what cannot be read is left out. */
export async function comparisonEntries(
  folder: string,
  files: readonly string[],
): Promise<ComparisonEntry[]> {
  const [{ readFigures, meansTable, dataText }, { listComparisons }] = await Promise.all([
    load(),
    import('../core/compare/list'),
  ]);
  const wanted = JSON.stringify(files);
  const entries: ComparisonEntry[] = [];
  for (const { directory, info } of await listComparisons(folder)) {
    if (JSON.stringify(info.config.files) !== wanted) continue;
    const { comparison } = await readFigures(directory);
    entries.push({
      directory,
      data: dataText(info),
      started: info.started,
      state: info.state,
      means: comparison.rows.length > 0 ? sent(meansTable(comparison)) : null,
    });
  }
  return entries;
}
