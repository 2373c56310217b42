import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { ClusterChoice } from '../core/choose/choice';
import { DEFAULT_MOST, LARGEST_MOST } from '../core/choose/chooseClusters';
import type { ChooseRequest } from '../core/choose/chooseForFiles';
import { choiceCsv } from '../core/choose/choiceJson';
import { UserError } from '../core/errors';
import { explainFileError, writeAtomically } from '../core/results/atomicWrite';
import { clustersFolder, newRunId } from '../core/results/runDirectory';
import { readRun } from '../core/results/runJson';
import { choiceSvg } from '../../webview/choose/sheet';
import { chooseWithProgress, choiceText } from './chooseClusters';
import {
  absolute,
  addDataOptions,
  dataSelection,
  hyperParametersFrom,
  whole,
  type DataOptions,
} from './options';
import { shortPath } from './paths';

interface ClustersOptions extends DataOptions {
  most: string;
  seed: string;
  run?: string;
  out?: string;
  json?: boolean;
  verbose?: boolean;
}

/** `clusters FILE...`: how many clusters the data have, and a picture of why. */
export function addClustersCommand(program: Command): void {
  const command = program
    .command('clusters')
    .summary('choose the number of clusters')
    .description(
      'Says how many clusters the time steps have, by elbow, silhouette, gap statistic and stability, how sure that is, and ' +
        'writes a picture of it (SVG) and all values (CSV, JSON). Clusters by k-means on the leading EOF coefficients, which ' +
        'takes seconds to a few minutes; "cluster --clusters auto" does the same and then trains.',
    )
    .argument('[files...]', 'data files (NetCDF classic or NetCDF-4)')
    .option('--most <K>', `the largest number to try, up to ${LARGEST_MOST}`, String(DEFAULT_MOST));
  addDataOptions(command)
    .option('--seed <N>', 'seed of the random numbers', '1')
    .option('--run <directory>', 'show what was chosen for this run instead')
    .option(
      '-o, --out <directory>',
      'where the files are written (default: <file>.clusters beside the first file)',
    )
    .option(
      '--json',
      'print everything as JSON on the last line of standard output; all else goes to standard error',
    )
    .option('--verbose', 'print the log')
    .addHelpText(
      'after',
      `
Examples:
  climate-clustering clusters era5.nc
  climate-clustering clusters era5.nc --variables t2m,msl --most 20
  climate-clustering clusters --run era5.clusters/2026-01-31T12-00-00-a1b2`,
    )
    .action((files: string[], options: ClustersOptions) => clusters(files, options));
}

async function clusters(files: string[], options: ClustersOptions): Promise<void> {
  const { choice, first, folder } =
    options.run === undefined ? await choose(files, options) : await recorded(options.run, files);
  const written = await write(choice, path.basename(first), options.out ? path.resolve(options.out) : folder);
  const say = options.json ? console.error : console.log;
  say(choiceText(choice));
  say(`\nPicture: ${shortPath(written.svg)}\nValues:  ${shortPath(written.csv)}, ${shortPath(written.json)}`);
  if (options.json) console.log(JSON.stringify({ ...choice, files: written }));
}

interface Chosen {
  readonly choice: ClusterChoice;
  /** The first data file. */
  readonly first: string;
  /** Where files are written unless it is said otherwise. */
  readonly folder: string;
}

async function choose(files: string[], options: ClustersOptions): Promise<Chosen> {
  if (files.length === 0) throw new UserError('Name at least one data file, or a run with --run.');
  const request: ChooseRequest = {
    config: {
      files: absolute(files),
      ...dataSelection(options),
      seed: whole('--seed', options.seed, 0, 2 ** 32 - 1),
      hyperParameters: hyperParametersFrom(options.set),
    },
    most: whole('--most', options.most, 3, LARGEST_MOST),
  };
  const choice = await chooseWithProgress(request, options.verbose === true);
  const first = request.config.files[0];
  return { choice, first, folder: clustersFolder(first) };
}

async function recorded(run: string, files: readonly string[]): Promise<Chosen> {
  if (files.length > 0)
    throw new UserError('--run shows what was chosen for a run; leave out the data files.');
  const directory = path.resolve(run);
  const { config } = await readRun(directory);
  if (config.clusterChoice)
    return { choice: config.clusterChoice, first: config.files[0], folder: directory };
  throw new UserError(
    `The number of clusters of ${directory} was given, not chosen: K = ${config.hyperParameters.clusters}.`,
  );
}

/** The picture and the values, beside the runs of the data file. */
async function write(
  choice: ClusterChoice,
  name: string,
  folder: string,
): Promise<Record<'svg' | 'csv' | 'json', string>> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainFileError(error, folder, 'created');
  }
  const base = path.join(folder, `clusters-${newRunId()}`);
  const contents = {
    svg: choiceSvg(choice, `Number of clusters of ${name}`),
    csv: choiceCsv(choice),
    json: `${JSON.stringify(choice, undefined, 2)}\n`,
  };
  for (const [extension, content] of Object.entries(contents))
    await writeAtomically(`${base}.${extension}`, content);
  return { svg: `${base}.svg`, csv: `${base}.csv`, json: `${base}.json` };
}
