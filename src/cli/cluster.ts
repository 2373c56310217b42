import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { engineChoices, type RunConfig } from '../core/config';
import { UserError } from '../core/errors';
import type { RunHooks, RunSummary } from '../core/progress';
import { parseMetrics } from '../core/results/metricsJson';
import { runFiles } from '../core/results/runDirectory';
import { TrainerHost } from '../trainer/host';
import { isolationChoices, type IsolationChoice } from '../trainer/isolation';
import { withChosenClusters } from './chooseClusters';
import { Stopped } from './failure';
import { metricsTable } from './metricsTable';
import {
  absolute,
  addDataOptions,
  addEngineLocations,
  dataSelection,
  engineEnvironment,
  epochs,
  hyperParametersFrom,
  whole,
  type DataOptions,
  type EngineLocationOptions,
} from './options';
import { shellWord, shortPath } from './paths';
import { progressDisplay } from './progressDisplay';
import { refuseBesideResume } from './resume';
import { stopOnSignal } from './stopOnSignal';

interface ClusterOptions extends DataOptions, EngineLocationOptions {
  clusters?: string;
  method: RunConfig['method'];
  engine: RunConfig['engine'];
  width?: string;
  window?: string;
  batch?: string;
  epochs?: string;
  seed: string;
  out?: string;
  resume?: string;
  isolation: IsolationChoice;
  json?: boolean;
  verbose?: boolean;
}

/** `cluster FILE...`: a whole run, from the data files to the run directory. */
export function addClusterCommand(program: Command): void {
  const command = program
    .command('cluster')
    .summary('cluster the time steps of data files')
    .description(
      'Clusters the time steps of NetCDF files with A-DATSC. The fields of all files are used together; they must ' +
        'share time and grid.',
    )
    .argument('[files...]', 'data files (NetCDF classic or NetCDF-4)')
    .option('-k, --clusters <K>', 'number of clusters; auto: the one that "clusters" recommends');
  addEngineLocations(addDataOptions(command))
    .addOption(new Option('--method <name>', 'clustering method').choices(['adatsc']).default('adatsc'))
    .addOption(
      new Option('--engine <name>', 'what computes the model').choices(engineChoices).default('auto'),
    )
    .option('--width <factor>', "factor on the paper's network widths")
    .option('--window <T>', 'time steps in one window')
    .option('--batch <B>', 'windows in one batch')
    .option('--epochs <a,b,c>', 'epochs of the warm-up, the joint and the adversarial phase')
    .option('--seed <N>', 'seed of the random numbers', '1')
    .option(
      '-o, --out <directory>',
      'where the run directory is made (default: <file>.clusters beside the first file)',
    )
    .option('--resume <directory>', 'continue the interrupted run in this run directory')
    .addOption(
      new Option(
        '--isolation <where>',
        'where training runs; auto: in a process of its own with engines that may use a GPU, else in a thread',
      )
        .choices(isolationChoices)
        .default('auto'),
    )
    .option(
      '--json',
      'print the summary as JSON on the last line of standard output; all else goes to standard error',
    )
    .option('--verbose', 'print the log of the run')
    .addHelpText(
      'after',
      `
Ctrl-C stops after the current step and keeps a checkpoint; a second one ends at once.

Examples:
  climate-clustering cluster era5.nc --clusters 7
  climate-clustering cluster era5.nc --clusters auto
  climate-clustering cluster t2m.nc msl.nc --variables t2m,msl --select level=850 --bbox -30,35,40,70
  climate-clustering cluster era5.nc --set training.learningRate=0.0005 --epochs 80,40,90 --seed 3
  climate-clustering cluster --resume era5.clusters/2026-01-31T12-00-00`,
    )
    .action((files: string[], options: ClusterOptions) => cluster(files, options, command));
}

async function cluster(files: string[], options: ClusterOptions, command: Command): Promise<void> {
  const resume = options.resume;
  if (resume !== undefined) {
    refuseBesideResume(files, command, 'a run', ['isolation', 'cuda', 'tensorflow', 'json', 'verbose']);
    await execute((host, hooks) => host.resume(path.resolve(resume), hooks), options);
  } else {
    const given = configFrom(files, options);
    const config = options.clusters === 'auto' ? await withChosenClusters(given, given.seed, options) : given;
    await execute((host, hooks) => host.cluster(config, hooks), options);
  }
}

function configFrom(files: string[], options: ClusterOptions): RunConfig {
  if (files.length === 0) throw new UserError('Name at least one data file, or --resume a run.');
  return {
    files: absolute(files),
    ...dataSelection(options),
    method: options.method,
    engine: options.engine,
    seed: whole('--seed', options.seed, 0, 2 ** 32 - 1),
    ...(options.out !== undefined && { out: path.resolve(options.out) }),
    hyperParameters: hyperParametersFrom(options.set, {
      clusters: options.clusters === 'auto' ? undefined : options.clusters,
      'model.widthFactor': options.width,
      'window.length': options.window,
      'window.batch': options.batch,
      ...epochs(options.epochs),
    }),
  };
}

/** Runs in a thread or process of its own, so that this thread stays free for the terminal and its signals. */
async function execute(
  run: (host: TrainerHost, hooks: RunHooks) => Promise<RunSummary>,
  options: ClusterOptions,
): Promise<void> {
  const display = progressDisplay(process.stderr);
  const stop = stopOnSignal(display, 'Stopping after this step; press Ctrl-C again to end at once.');
  const host = new TrainerHost({
    isolation: options.isolation,
    environment: engineEnvironment(options),
  });
  let runDirectory = options.resume && path.resolve(options.resume);
  try {
    const summary = await run(host, {
      progress: (snapshot) => {
        runDirectory = snapshot.runDirectory;
        display.update(snapshot);
      },
      log: (message) => options.verbose && display.say(message),
      warn: (message) => display.say(`warning: ${message}`),
      signal: stop.signal,
    });
    display.end();
    const say = options.json ? console.error : console.log;
    say(await summaryText(summary));
    if (options.json) console.log(JSON.stringify(summary));
  } catch (error) {
    display.end();
    if (!stop.signal.aborted || (error as Error).name !== 'CancelledError') throw error;
    console.error(stoppedText(runDirectory));
    throw new Stopped();
  } finally {
    stop.release();
    await host.dispose();
  }
}

function stoppedText(runDirectory: string | undefined): string {
  return runDirectory !== undefined && existsSync(path.join(runDirectory, runFiles.run))
    ? `Stopped. To go on: climate-clustering cluster --resume ${shellWord(shortPath(runDirectory))}`
    : 'Stopped before there was anything to resume.';
}

/** What a finished run has come to, from its files. */
async function summaryText({ runDirectory, metrics, engine, seconds }: RunSummary): Promise<string> {
  const file = path.join(runDirectory, runFiles.metrics);
  const { sizes, clusters, nonEmptyClusters } = parseMetrics(await readFile(file, 'utf8'), file);
  const steps = sizes.reduce((sum, size) => sum + size, 0);
  return [
    `${steps} time steps in ${clusters} clusters` +
      (nonEmptyClusters === clusters ? '' : ` (${nonEmptyClusters} of them non-empty)`) +
      `, ${Math.round(seconds)} s on ${engine}`,
    `Sizes: ${sizes.join(', ')}`,
    '',
    metricsTable(metrics),
    '',
    `Run directory: ${shortPath(runDirectory)}`,
    `Report:        ${shortPath(path.join(runDirectory, runFiles.report))}`,
  ].join('\n');
}
