import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { Frames } from '../core/data/frames';
import { loadFrames } from '../core/data/loadFrames';
import { UserError } from '../core/errors';
import { evaluate, type Metrics } from '../core/evaluation/metrics';
import { createProducts } from '../core/evaluation/products';
import { labelsByTime, parseLabels, type LabelTable } from '../core/results/labelsCsv';
import { metricsTable } from './metricsTable';
import { absolute, addDataOptions, dataSelection, hyperParametersFrom, type DataOptions } from './options';
import { columns } from './text';

interface EvaluateOptions extends DataOptions {
  labels: string;
  json?: boolean;
}

/** What `evaluate --json` prints. */
interface Evaluation {
  timeSteps: number;
  fields: string[];
  nonEmptyClusters: number;
  /** Members of each label that occurs, by its name in the CSV file. */
  sizes: Record<string, number>;
  metrics: Metrics;
}

/** `evaluate FILE...`: the metrics of any labelling, whatever made it. */
export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate')
    .summary('compute the metrics of a labelling')
    .description(
      'Computes the metrics of any labelling of the time steps, from A-DATSC or any other method, on the data as a run ' +
        'would use them.',
    )
    .argument('<files...>', 'data files (NetCDF classic or NetCDF-4)')
    .requiredOption(
      '-l, --labels <file>',
      'CSV file with the columns time and label; times are dates, or positions from 0 or 1',
    );
  addDataOptions(command)
    .option('--json', 'print the metrics as JSON')
    .addHelpText(
      'after',
      `
Examples:
  climate-clustering evaluate era5.nc --labels era5.clusters/2026-01-31T12-00-00-a1b2/labels.csv
  climate-clustering evaluate era5.nc --labels kmeans.csv --variables t2m,msl --json`,
    )
    .action(run);
}

async function run(files: string[], options: EvaluateOptions): Promise<void> {
  const config = {
    files: absolute(files),
    ...dataSelection(options),
    hyperParameters: hyperParametersFrom(options.set),
  };
  const source = path.basename(options.labels);
  // Read before the data: a mistake here should not cost the time that they take.
  const table = parseLabels(await readText(options.labels), source);
  const note = (message: string) => console.error(`note: ${message}`);
  const streaming = { folders: [path.dirname(config.files[0]), os.tmpdir()] };
  const frames = await loadFrames({ ...config, streaming }, { note });
  try {
    const evaluation = await evaluationOf(frames, labelsByTime(table, frames.time, source), table, note);
    console.log(options.json ? JSON.stringify(evaluation) : evaluationText(evaluation));
  } finally {
    await frames.table.close();
  }
}

async function evaluationOf(
  frames: Frames,
  labels: Int32Array,
  table: LabelTable,
  log: (message: string) => void,
): Promise<Evaluation> {
  const sizes: Record<string, number> = {};
  for (const label of [...labels].sort((a, b) => a - b)) {
    const name = table.names?.[label] ?? String(label);
    sizes[name] = (sizes[name] ?? 0) + 1;
  }
  const products = await createProducts({ log });
  try {
    return {
      timeSteps: labels.length,
      fields: frames.fields.map(({ name }) => name),
      nonEmptyClusters: Object.keys(sizes).length,
      sizes,
      metrics: await evaluate(frames.table, labels, { products }),
    };
  } finally {
    await products.dispose();
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`The labels ${file} cannot be read: ${(error as Error).message}`);
  }
}

function evaluationText({ timeSteps, fields, sizes, nonEmptyClusters, metrics }: Evaluation): string {
  return [
    `${timeSteps} time steps of ${fields.join(', ')} in ${nonEmptyClusters} clusters`,
    columns(
      [
        ['Label', ...Object.keys(sizes)],
        ['Size', ...Object.values(sizes).map(String)],
      ],
      Object.keys(sizes).map((_, i) => i + 1),
    ),
    '',
    metricsTable(metrics),
  ].join('\n');
}
