import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { UserError } from '../core/errors';
import { clusterChoice } from '../protocol/choose';
import type { RunState } from '../runs/run';
import { readHyperParameters, runConfig } from '../settings';
import { chooseFiles, readFields } from './dataFiles';
import { followRun } from './followRun';
import { pickRun } from './pickRun';
import type { Command } from './services';

/** Lets other code start a run without questions; see {@link clusterFile}. */
const options = z.strictObject({
  /** Names of the fields. With them nothing is asked. */
  fields: z.array(z.string()),
  /** One value for each axis that is neither time nor horizontal and longer than 1, e.g. {level: "850"}. */
  select: z.optional(z.record(z.string(), z.string())),
  clusters: z.optional(z.number()),
  /** How that was chosen; run.json keeps it. */
  clusterChoice: z.optional(clusterChoice),
  /** First and last time, ISO 8601. */
  time: z.optional(z.tuple([z.string(), z.string()])),
  /** West, south, east, north in degrees. */
  bbox: z.optional(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  seed: z.optional(z.number()),
  /** Laid over the settings; keys without "climateClustering.". */
  hyperParameters: z.optional(z.record(z.string(), z.unknown())),
});

/** How a run ended, for code that started it by the command. */
export interface ClusterOutcome {
  readonly state: RunState;
  readonly runDirectory: string | undefined;
  readonly message: string | undefined;
}

/**
 * `climateClustering.clusterFile(file?, files?, options?)`: clusters one file, or several together. The explorer passes
 * the clicked file and the selected ones; without a file it asks for some, without `options` for the fields and K.
 * Resolves when the run has ended, with its {@link ClusterOutcome}; with undefined when it did not begin.
 */
export const clusterFile: Command = {
  id: 'clusterFile',
  async run(services, file, files, given): Promise<ClusterOutcome | undefined> {
    const uris = await chooseFiles(asFile(file), Array.isArray(files) ? files.map(requireFile) : undefined);
    if (uris.length === 0) return undefined;
    const choice = given === undefined ? await ask(uris) : parse(given);
    if (!choice) return undefined;
    const { id, ended } = services.runs.start(runConfig(uris, choice));
    services.panels.show(services.runs.get(id));
    const run = await followRun(services, id, ended);
    return { state: run.state, runDirectory: run.directory, message: run.message };
  },
};

async function ask(uris: readonly vscode.Uri[]): ReturnType<typeof pickRun> {
  // Settings first: whoever has answered all questions must not learn of a mistake only then.
  const { clusters } = readHyperParameters(uris[0]);
  runConfig(uris, {});
  return pickRun(await readFields(uris), clusters);
}

function parse(given: unknown): z.infer<typeof options> {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(`The options of clusterFile are not valid. ${z.prettifyError(parsed.error)}`);
}

export function asFile(value: unknown): vscode.Uri | string | undefined {
  return value instanceof vscode.Uri || typeof value === 'string' ? value : undefined;
}

export function requireFile(value: unknown): vscode.Uri | string {
  const file = asFile(value);
  if (file === undefined) throw new UserError('The command expects files as URIs or paths.');
  return file;
}
