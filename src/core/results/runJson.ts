import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { HyperParameters, RunConfig } from '../config';
import { engineChoices, resolveHyperParameters } from '../config';
import { choiceSchema } from '../choose/choiceJson';
import { messageOf, UserError } from '../errors';
import { explainFileError, writeAtomically } from './atomicWrite';
import { runFiles } from './runDirectory';

/** Characters of the longest name that a run can have. */
export const MAX_NAME = 120;

const numberOrNull = z.number().nullable();

/** The part of a configuration that says what is read, and how it is computed. */
export const dataChoice = {
  files: z.array(z.string()).min(1),
  variables: z.array(z.string()).optional(),
  select: z.record(z.string(), z.string()),
  time: z.tuple([z.string(), z.string()]).optional(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  engine: z.enum(engineChoices),
  memoryLimit: z.number(),
  out: z.string().optional(),
  hyperParameters: z
    .record(z.string(), z.union([z.number(), z.boolean(), z.string()]))
    .transform((given, context): HyperParameters => {
      try {
        return resolveHyperParameters(given);
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error) });
        return z.NEVER;
      }
    }),
} as const;

const runConfig: z.ZodType<RunConfig> = z.object({
  ...dataChoice,
  method: z.literal('adatsc'),
  seed: z.number().int(),
  clusterChoice: choiceSchema.optional(),
});

/** Where a result was computed. */
export const machineSchema = z.object({
  platform: z.string(),
  architecture: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  memoryMiB: z.number(),
});

/** What a result was made with. */
export const versionsSchema = z.object({
  extension: z.string(),
  node: z.string(),
  onnxruntime: z.string().optional(),
  tfjs: z.string().optional(),
});

/** The data files, to tell whether they are still the same. */
export const inputsSchema = z.array(
  z.object({ path: z.string(), bytes: z.number(), modified: z.string(), sha256: z.string() }),
);

/** What was clustered. */
export const dataSchema = z.object({
  fields: z.array(z.object({ name: z.string(), longName: z.string(), units: z.string() })),
  steps: z.number().int(),
  first: z.string(),
  last: z.string(),
  height: z.number().int(),
  width: z.number().int(),
});

/** What run.json holds. */
export const runInfoSchema = z.object({
  /** Version of this file's layout. */
  format: z.literal(1),
  id: z.string(),
  /** Given by the user. */
  name: z.string().min(1).max(MAX_NAME).optional(),
  state: z.enum(['running', 'interrupted', 'finished', 'failed']),
  /** ISO 8601, UTC. */
  started: z.string(),
  ended: z.string().optional(),
  /** Complete configuration: enough to repeat the run. */
  config: runConfig,
  /** For people, e.g. "ONNX Runtime 1.30.0 on the CPU, 2 threads". */
  engine: z.string(),
  /** Why that one, where the program chose it. */
  engineChoice: z.string().optional(),
  versions: versionsSchema,
  machine: machineSchema,
  /** The process that writes the run, to tell a running run from one whose process is gone. */
  process: z.object({ host: z.string(), pid: z.number().int() }).optional(),
  inputs: inputsSchema,
  /** What was clustered, known once it was read. */
  data: dataSchema.optional(),
  /** Seconds by phase, and `total`. */
  timings: z.record(z.string(), z.number()),
  clusters: z.number().int(),
  nonEmptyClusters: z.number().int().optional(),
  metrics: z.record(z.string(), numberOrNull).optional(),
  /** All that the user was warned of, in every session that worked on the run. */
  warnings: z.array(z.string()).optional(),
  /** Why the run failed or was interrupted. */
  message: z.string().optional(),
});

export type RunInfo = z.infer<typeof runInfoSchema>;
export type RunState = RunInfo['state'];

/** Writes run.json of a run directory, atomically. */
export async function writeRun(directory: string, info: RunInfo): Promise<void> {
  await writeAtomically(join(directory, runFiles.run), JSON.stringify(info, undefined, 2) + '\n');
}

/**
 * Reads run.json of a run directory. A run that says it is running, but whose process on this machine has ended, is
 * reported as interrupted. Throws a UserError when there is none, or when it is damaged or of another version.
 */
export async function readRun(directory: string): Promise<RunInfo> {
  const path = join(directory, runFiles.run);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path} is damaged: it is not JSON.`);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UserError(`${directory} is not a run directory: it has no ${runFiles.run}.`);
    }
    throw explainFileError(error, path, 'read');
  }
  const parsed = runInfoSchema.safeParse(json);
  if (!parsed.success) {
    const { path: where, message } = parsed.error.issues[0];
    throw new UserError(
      `${path} is damaged or was written by another version: ${where.join('.') || 'its content'}: ${message}`,
    );
  }
  return isAbandoned(parsed.data) ? { ...parsed.data, state: 'interrupted' } : parsed.data;
}

/** Whether the process of a running run on this machine is gone. Other machines' processes cannot be seen. */
export function isAbandoned({
  state,
  process: writer,
}: Pick<RunInfo, 'process'> & { state: string }): boolean {
  if (state !== 'running' || writer === undefined || writer.host !== hostname()) return false;
  try {
    process.kill(writer.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
