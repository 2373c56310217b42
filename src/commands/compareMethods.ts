import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { CompareConfig } from '../core/compare/config';
import { UserError } from '../core/errors';
import type { MethodDescription } from '../protocol/trainer';
import { dataConfig, readHyperParameters } from '../settings';
import { asFile, requireFile } from './clusterFile';
import { chooseFiles, readFields } from './dataFiles';
import { followComparison, type ComparisonOutcome } from './followComparison';
import { pickRun } from './pickRun';
import type { Command, Services } from './services';

/** Lets other code start a comparison without questions; see {@link compareMethods}. */
const options = z.strictObject({
  /** Names of the fields. With them nothing is asked. */
  fields: z.array(z.string()),
  select: z.optional(z.record(z.string(), z.string())),
  clusters: z.optional(z.number()),
  /** First and last time, ISO 8601. */
  time: z.optional(z.tuple([z.string(), z.string()])),
  /** West, south, east, north in degrees. */
  bbox: z.optional(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  /** Laid over the settings; keys without "climateClustering.". */
  hyperParameters: z.optional(z.record(z.string(), z.unknown())),
  /** Ids or groups, as on the command line; all by default. */
  methods: z.optional(z.string()),
  /** As on the command line; five by default. */
  seeds: z.optional(z.string()),
  /** Path of a CSV file with the columns time and label. */
  truth: z.optional(z.string()),
});

const TITLE = 'Compare Methods';

/**
 * `climateClustering.compareMethods(file?, files?, options?)`: clusters one file, or several together, with several methods
 * and seeds. Without `options` it asks for the fields, K, the methods and the seeds. Resolves when the comparison has
 * ended, with undefined when it did not begin.
 */
export const compareMethods: Command = {
  id: 'compareMethods',
  async run(services, file, files, given): Promise<ComparisonOutcome | undefined> {
    const uris = await chooseFiles(asFile(file), Array.isArray(files) ? files.map(requireFile) : undefined);
    if (uris.length === 0) return undefined;
    const config = given === undefined ? await ask(services, uris) : await parse(services, uris, given);
    return config && followComparison(services, (comparisons) => comparisons.start(config), uris[0].fsPath);
  },
};

async function ask(
  { comparisons }: Services,
  uris: readonly vscode.Uri[],
): Promise<CompareConfig | undefined> {
  // Settings first: whoever has answered all questions must not learn of a mistake only then.
  const { clusters } = readHyperParameters(uris[0]);
  dataConfig(uris, {});
  // Asked for beside the first questions: they are in the trainer, which takes a moment to start.
  const known = comparisons.methods();
  known.catch(() => undefined);
  const choice = await pickRun(await readFields(uris), clusters, { title: TITLE, more: 2 });
  if (!choice) return undefined;
  const methods = await pickMethods(await known);
  if (!methods) return undefined;
  const seeds = await askSeeds();
  return seeds && { ...dataConfig(uris, choice), methods, seeds };
}

interface MethodItem extends vscode.QuickPickItem {
  readonly id?: string;
}

async function pickMethods(methods: readonly MethodDescription[]): Promise<string[] | undefined> {
  const { isAblation } = await import('../core/compare/selection');
  const group = (label: string, isMember: (method: MethodDescription) => boolean): MethodItem[] => [
    { label, kind: vscode.QuickPickItemKind.Separator },
    ...methods.filter(isMember).map(({ id, title, description, reference, kind }) => ({
      id,
      label: title,
      description,
      detail: reference,
      // The deep ones take minutes a seed: they are for the user to choose.
      picked: kind === 'classical',
    })),
  ];
  const items = [
    ...group('Classical: seconds each', ({ kind }) => kind === 'classical'),
    ...group(
      'Deep: a network is trained for each seed, which takes minutes',
      (method) => method.kind === 'deep' && !isAblation(method),
    ),
    ...group('Ablations: A-DATSC without one of its parts, to see what it is worth', isAblation),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `${TITLE}: methods (3/4)`,
    placeHolder: 'Methods to compare on the same data',
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  const ids = picked?.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return ids && ids.length > 0 ? ids : undefined;
}

async function askSeeds(): Promise<number[] | undefined> {
  const { parseSeeds } = await import('../core/compare/selection');
  const problem = (text: string): string | undefined => {
    try {
      parseSeeds(text);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const text = await vscode.window.showInputBox({
    title: `${TITLE}: seeds (4/4)`,
    prompt: 'How many seeds (5), a list (1,2,3) or ranges (101-105)',
    value: '5',
    ignoreFocusOut: true,
    validateInput: problem,
  });
  return text === undefined ? undefined : parseSeeds(text);
}

async function parse(
  { comparisons }: Services,
  uris: readonly vscode.Uri[],
  given: unknown,
): Promise<CompareConfig> {
  const parsed = options.safeParse(given);
  if (!parsed.success)
    throw new UserError(`The options of compareMethods are not valid. ${z.prettifyError(parsed.error)}`);
  const { methods = 'all', seeds = '5', truth, ...choice } = parsed.data;
  const { parseSeeds, selectMethods } = await import('../core/compare/selection');
  return {
    ...dataConfig(uris, choice),
    methods: selectMethods(methods, await comparisons.methods()).map(({ id }) => id),
    seeds: parseSeeds(seeds),
    ...(truth !== undefined && { truth }),
  };
}
