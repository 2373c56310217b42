import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../errors';
import { explainFileError, removeTemporaryFiles, writeAtomically } from '../results/atomicWrite';
import { fromJsonMetrics, metricsSchema, toJsonMetrics } from '../results/metricsJson';
import { dataSchema, inputsSchema, isAbandoned, machineSchema, versionsSchema } from '../results/runJson';
import { compareConfigSchema } from './config';
import type { FitOutcome } from './fit';

/** The files of a comparison's directory. */
export const comparisonFiles = {
  comparison: 'comparison.json',
  /** One file for each fit that has ended. */
  fits: 'fits',
  long: 'comparison.csv',
  table: 'table.csv',
  best: 'best.csv',
  markdown: 'table.md',
  latex: 'table.tex',
  labels: 'labels.csv',
  agreement: 'agreement.csv',
} as const;

const infoSchema = z.object({
  /** Version of this file's layout. */
  format: z.literal(1),
  id: z.string(),
  state: z.enum(['running', 'interrupted', 'finished']),
  /** ISO 8601, UTC. */
  started: z.string(),
  ended: z.string().optional(),
  config: compareConfigSchema,
  /** The methods as they were then, in the order of the table. */
  methods: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      kind: z.enum(['classical', 'deep']),
      reference: z.string(),
      deterministic: z.boolean(),
    }),
  ),
  versions: versionsSchema,
  machine: machineSchema,
  /** The process that writes it. */
  process: z.object({ host: z.string(), pid: z.number().int() }).optional(),
  /** The data files; that with the truth comes last. */
  inputs: inputsSchema,
  data: dataSchema,
  /** What the fits said of the data. */
  warnings: z.array(z.string()).optional(),
  /** Why it was interrupted. */
  message: z.string().optional(),
});

/** What comparison.json holds: enough to repeat the comparison, and to tell whether its data are still the same. */
export type ComparisonInfo = z.infer<typeof infoSchema>;
/** What the tables say of a method. */
export type MethodFacts = ComparisonInfo['methods'][number];

const common = {
  format: z.literal(1),
  method: z.string(),
  seed: z.number().int(),
  engine: z.string().optional(),
  warnings: z.array(z.string()),
};

const recordSchema = z.discriminatedUnion('state', [
  z.object({
    ...common,
    state: z.literal('done'),
    cost: z.object({
      seconds: z.number(),
      processorSeconds: z.number(),
      peakMemory: z.number(),
      memoryBefore: z.number(),
    }),
    labellings: z
      .array(
        z.object({
          name: z.string(),
          metrics: metricsSchema.transform(fromJsonMetrics),
          labels: z.array(z.number().int().min(0)).transform((labels) => Int32Array.from(labels)),
        }),
      )
      .min(1),
  }),
  z.object({ ...common, state: z.literal('failed'), reason: z.string(), byUser: z.boolean() }),
]);

/** What became of one method with one seed. */
export type FitRecord = FitOutcome & { readonly method: string; readonly seed: number };

/** Creates the folder of the fits and clears away what a writer that was killed has left there. */
export async function prepareFits(directory: string): Promise<void> {
  const folder = join(directory, comparisonFiles.fits);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainFileError(error, folder, 'created');
  }
  await removeTemporaryFiles(folder);
}

/** Writes the file of a fit, whole or not at all. */
export async function writeFit(directory: string, record: FitRecord): Promise<void> {
  const { method, seed } = record;
  const content =
    record.state === 'failed'
      ? record
      : {
          ...record,
          labellings: record.labellings.map(({ name, metrics, labels }) => ({
            name,
            metrics: toJsonMetrics(metrics),
            labels: Array.from(labels),
          })),
        };
  const path = join(directory, comparisonFiles.fits, `${method}.seed${seed}.json`);
  await writeAtomically(path, JSON.stringify({ format: 1, ...content }) + '\n');
}

/** All fits that have ended, in no particular order. Throws a UserError when a file is damaged. */
export async function readFits(directory: string): Promise<FitRecord[]> {
  const folder = join(directory, comparisonFiles.fits);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw explainFileError(error, folder, 'read');
  });
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      const { format: _, ...record } = parse(recordSchema, await readText(path), path);
      return record;
    }),
  );
}

export async function writeComparison(directory: string, info: ComparisonInfo): Promise<void> {
  await writeAtomically(
    join(directory, comparisonFiles.comparison),
    JSON.stringify(info, undefined, 2) + '\n',
  );
}

/**
 * Reads comparison.json. One that says it is running, but whose process on this machine has ended, is interrupted. Throws
 * a UserError when there is none, or when it is damaged or of another version.
 */
export async function readComparison(directory: string): Promise<ComparisonInfo> {
  const path = join(directory, comparisonFiles.comparison);
  const text = await readText(path, () => {
    throw new UserError(
      `${directory} is not the directory of a comparison: it has no ${comparisonFiles.comparison}.`,
    );
  });
  const info = parse(infoSchema, text, path);
  return isAbandoned(info) ? { ...info, state: 'interrupted' } : info;
}

async function readText(path: string, absent?: () => never): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') absent?.();
    throw explainFileError(error, path, 'read');
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is damaged: it is not JSON.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: where, message } = parsed.error.issues[0];
  throw new UserError(
    `${path} is damaged or was written by another version: ${where.join('.') || 'its content'}: ${message}`,
  );
}
