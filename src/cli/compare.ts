import path from 'node:path';
import { Option, type Command } from 'commander';
import { engineChoices, type RunConfig } from '../core/config';
import type { Comparison } from '../core/compare/aggregate';
import {
  compareMethods,
  resumeComparison,
  type CompareHooks,
  type ComparisonSummary,
} from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import { comparisonFiles } from '../core/compare/files';
import { toJson } from '../core/compare/json';
import { methodGroups, parseSeeds, selectMethods } from '../core/compare/selection';
import {
  bestTable,
  costTable,
  failureText,
  hasBest,
  meansTable,
  type Cell,
  type Table,
} from '../core/compare/tables/model';
import { UserError } from '../core/errors';
import { methods } from '../core/methods/methods';
import { fitsInProcesses } from '../trainer/fits';
import { withChosenClusters } from './chooseClusters';
import { compareDisplay } from './compareDisplay';
import { Stopped } from './failure';
import {
  absolute,
  addDataOptions,
  addEngineLocations,
  dataSelection,
  engineEnvironment,
  hyperParametersFrom,
  type DataOptions,
  type EngineLocationOptions,
} from './options';
import { shellWord, shortPath } from './paths';
import { refuseBesideResume } from './resume';
import { stopOnSignal } from './stopOnSignal';
import { columns, wrap } from './text';

interface CompareOptions extends DataOptions, EngineLocationOptions {
  methods: string;
  seeds: string;
  clusters?: string;
  engine: RunConfig['engine'];
  truth?: string;
  out?: string;
  resume?: string;
  json?: boolean;
  verbose?: boolean;
}

/** `compare FILE...`: methods x seeds on one selection of data, and the tables of it. */
export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .summary('compare methods on the same data')
    .description(
      'Clusters the time steps with several methods and seeds, on the same table, with the same K and the same metrics, ' +
        'and writes tables of it (CSV, Markdown, LaTeX).',
    )
    .argument('[files...]', 'data files (NetCDF classic or NetCDF-4)')
    .option(
      '-m, --methods <names>',
      'methods or groups of them (all, paper, classical, deep), separated by commas; "list" prints them all',
      'all',
    )
    .option('--seeds <seeds>', 'how many seeds (5), a list (1,2,3), or ranges (101-105)', '5')
    .option(
      '-k, --clusters <K>',
      'number of clusters, the same for all; auto: the one that "clusters" recommends, chosen once before the fits',
    );
  addEngineLocations(addDataOptions(command))
    .addOption(
      new Option('--engine <name>', 'what computes the networks').choices(engineChoices).default('auto'),
    )
    .option('--truth <labels.csv>', 'true labels (columns time and label): adds accuracy, NMI and ARI')
    .option(
      '-o, --out <directory>',
      "where the comparison's directory is made (default: <file>.clusters beside the first file)",
    )
    .option('--resume <directory>', 'continue the interrupted comparison in this directory')
    .option(
      '--json',
      'print the figures as JSON on the last line of standard output; all else goes to standard error',
    )
    .option('--verbose', 'print the log of the fits')
    .addHelpText(
      'after',
      `
Each fit has a process of its own. Ctrl-C gives up the one that goes on; those that have ended are kept.

Examples:
  climate-clustering compare --methods list
  climate-clustering compare era5.nc --clusters 7
  climate-clustering compare era5.nc --clusters auto --methods classical
  climate-clustering compare era5.nc --methods classical,a-datsc --seeds 10 --variables t2m,msl
  climate-clustering compare synthetic.nc --truth regimes.csv --clusters 5 --seeds 101-105
  climate-clustering compare --resume era5.clusters/compare-2026-01-31T12-00-00-a1b2`,
    )
    .action((files: string[], options: CompareOptions) => compare(files, options, command));
}

async function compare(files: string[], options: CompareOptions, command: Command): Promise<void> {
  const { resume } = options;
  if (resume !== undefined) {
    refuseBesideResume(files, command, 'a comparison', ['cuda', 'tensorflow', 'json', 'verbose']);
    await execute((hooks, how) => resumeComparison(path.resolve(resume), hooks, how), options);
  } else if (options.methods.trim() === 'list') {
    console.log(options.json ? JSON.stringify(methodFacts()) : methodsText());
  } else {
    const given = configFrom(files, options);
    const config =
      options.clusters === 'auto' ? await withChosenClusters(given, given.seeds[0], options) : given;
    await execute((hooks, how) => compareMethods(config, hooks, how), options);
  }
}

function configFrom(files: string[], options: CompareOptions): CompareConfig {
  if (files.length === 0) throw new UserError('Name at least one data file, or --resume a comparison.');
  return {
    files: absolute(files),
    ...dataSelection(options),
    engine: options.engine,
    ...(options.out !== undefined && { out: path.resolve(options.out) }),
    hyperParameters: hyperParametersFrom(options.set, {
      clusters: options.clusters === 'auto' ? undefined : options.clusters,
    }),
    methods: selectMethods(options.methods, methods).map(({ id }) => id),
    seeds: parseSeeds(options.seeds),
    ...(options.truth !== undefined && { truth: path.resolve(options.truth) }),
  };
}

async function execute(
  run: (hooks: CompareHooks, how: Parameters<typeof compareMethods>[2]) => Promise<ComparisonSummary>,
  options: CompareOptions,
): Promise<void> {
  const display = compareDisplay(process.stderr);
  const stop = stopOnSignal(display, 'Stopping; press Ctrl-C again to end at once.');
  let directory = options.resume && path.resolve(options.resume);
  try {
    const summary = await run(
      {
        progress: (progress) => {
          directory = progress.directory;
          display.update(progress);
        },
        log: (message) => options.verbose && display.say(message),
        warn: (message) => display.say(`warning: ${message}`),
        signal: stop.signal,
      },
      { fit: fitsInProcesses({ environment: engineEnvironment(options) }) },
    );
    display.end();
    const say = options.json ? console.error : console.log;
    say(summaryText(summary));
    if (options.json) console.log(JSON.stringify(toJson(summary.directory, summary.comparison)));
  } catch (error) {
    display.end();
    if (!stop.signal.aborted || (error as Error).name !== 'CancelledError') throw error;
    console.error(
      directory === undefined
        ? 'Stopped before there was anything to resume.'
        : `Stopped. To go on: climate-clustering compare --resume ${shellWord(shortPath(directory))}`,
    );
    throw new Stopped();
  } finally {
    stop.release();
  }
}

function summaryText({ directory, comparison }: ComparisonSummary): string {
  const tables = [meansTable(comparison), costTable(comparison)];
  if (hasBest(comparison)) tables.push(bestTable(comparison));
  const { markdown, latex, long } = comparisonFiles;
  return [
    ...tables.map(tableText),
    ...failuresText(comparison),
    `Tables: ${[markdown, latex, long].map((name) => shortPath(path.join(directory, name))).join(', ')}`,
  ].join('\n');
}

/** A table as aligned columns, `*` at the best values. */
function tableText({ title, caption, columns: heads, rows }: Table): string {
  const arrows = { higher: ' ↑', lower: ' ↓' };
  const cell = ({ text, spread, best }: Cell): string =>
    `${text}${spread === undefined ? '' : ` ± ${spread}`}${best ? ' *' : '  '}`;
  const marked = rows.some(({ cells }) => cells.some(({ best }) => best));
  const body = rows.map(({ name, cells, failure }) => [
    name,
    ...(failure === undefined
      ? cells.map((one) => (marked ? cell(one) : cell(one).trimEnd()))
      : heads.slice(1).map((_, i) => (i === 0 ? 'failed' : ''))),
  ]);
  const header = heads.map(
    ({ title: name, better }) => `${name}${better ? arrows[better] : ''}${marked && better ? '  ' : ''}`,
  );
  return [
    title,
    columns([header, ...body], heads.map((_, i) => i).slice(1)),
    wrap(marked ? `${caption} * best.` : caption, 100, 0),
    '',
  ].join('\n');
}

function failuresText({ rows }: Comparison): string[] {
  const failed = rows.filter(({ id, method, failures }) => id === method.id && failures.length > 0);
  if (failed.length === 0) return [];
  return [
    'Failed',
    ...failed.map(({ title, failures }) => wrap(`${title}: ${failureText(failures)}`, 100, 2)),
    '',
  ];
}

const methodFacts = () =>
  methods.map(({ id, title, kind, reference, description, deterministic = false }) => ({
    id,
    title,
    kind,
    deterministic,
    reference,
    description,
  }));

function methodsText(): string {
  const width = Math.min(100, process.stdout.columns || 100);
  const groups = Object.entries(methodGroups).map(([name, meaning]) => `${name} (${meaning})`);
  return [
    ...methods.map(({ id, title, kind, deterministic, reference, description }) =>
      [
        `${id}   ${title}, ${kind}${deterministic ? ', deterministic' : ''}`,
        wrap(description, width, 4),
        wrap(reference, width, 4),
        '',
      ].join('\n'),
    ),
    wrap(`Groups: ${groups.join(', ')}.`, width, 0),
  ].join('\n');
}
