import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { loadFrames } from '../core/data/loadFrames';
import { rowsInMemory } from '../core/data/rows';
import { UserError } from '../core/errors';
import { evaluate, type Metrics } from '../core/evaluation/metrics';
import { createProducts } from '../core/evaluation/products';
import { labelsByTime, parseLabels } from '../core/results/labelsCsv';
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
  const frames = await loadFrames(config, { note });
  const labels = labelsByTime(table, frames.time, source);
  const { height, width } = frames.grid;

  const sizes: Record<string, number> = {};
  for (const label of [...labels].sort((a, b) => a - b)) {
    const name = table.names?.[label] ?? String(label);
    sizes[name] = (sizes[name] ?? 0) + 1;
  }
  const rows = rowsInMemory(frames.values, labels.length, frames.fields.length * height * width);
  const products = await createProducts({ log: note });
  const evaluation: Evaluation = {
    timeSteps: labels.length,
    fields: frames.fields.map(({ name }) => name),
    nonEmptyClusters: Object.keys(sizes).length,
    sizes,
    metrics: await evaluate(rows, labels, { products }),
  };
  await products.dispose();
  console.log(options.json ? JSON.stringify(evaluation) : evaluationText(evaluation));
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
