import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ClusterChoice } from '../core/choose/choice';
import { UserError } from '../core/errors';
import { ChoosePanel } from '../panels/choosePanel';
import { readHyperParameters, runConfig } from '../settings';
import { chooseInProcess } from '../trainer/choices';
import { asFile, requireFile } from './clusterFile';
import { chooseFiles, readFields } from './dataFiles';
import { followRun } from './followRun';
import { pickData } from './pickRun';
import type { Command, Services } from './services';

/** Lets other code choose without questions; see {@link chooseClusters}. */
const options = z.strictObject({
  /** Names of the fields. With them nothing is asked. */
  fields: z.array(z.string()),
  select: z.optional(z.record(z.string(), z.string())),
  /** First and last time, ISO 8601. */
  time: z.optional(z.tuple([z.string(), z.string()])),
  /** West, south, east, north in degrees. */
  bbox: z.optional(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  /** The largest K to try. */
  most: z.optional(z.number()),
});
type Options = z.infer<typeof options>;

/**
 * `climateClustering.chooseClusters(file?, files?, options?)`: how many clusters the time steps of one file have, or of
 * several together, in a panel from which they can be clustered. Without `options` it asks for the fields. Resolves with the
 * choice; with undefined when it did not begin, or its panel was closed before.
 */
export const chooseClusters: Command = {
  id: 'chooseClusters',
  async run(services, file, files, given): Promise<ClusterChoice | undefined> {
    const uris = await chooseFiles(asFile(file), Array.isArray(files) ? files.map(requireFile) : undefined);
    if (uris.length === 0) return undefined;
    // Settings first: whoever has answered all questions must not learn of a mistake only then.
    runConfig(uris, {});
    const wanted = given === undefined ? await ask(uris) : parse(given);
    return wanted && show(services, uris, wanted).chosen;
  },
};

async function ask(uris: readonly vscode.Uri[]): Promise<Options | undefined> {
  return pickData(await readFields(uris), { title: 'Choose Number of Clusters', more: 0 });
}

function parse(given: unknown): Options {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(`The options of chooseClusters are not valid. ${z.prettifyError(parsed.error)}`);
}

function show(services: Services, uris: readonly vscode.Uri[], { most, ...selection }: Options): ChoosePanel {
  const { extension, log } = services;
  return new ChoosePanel({
    extension,
    log,
    files: uris,
    fields: selection.fields,
    // Read anew whenever it begins: settings may have been mended after a failure.
    choose: (hooks) => chooseInProcess({ config: runConfig(uris, selection), most }, hooks),
    setting: () => readHyperParameters(uris[0]).clusters,
    setDefault: (clusters) => setDefault(uris[0], clusters),
    cluster: async (clusters, clusterChoice) => {
      const config = runConfig(uris, { ...selection, clusters });
      const { id, ended } = services.runs.start({ ...config, ...(clusterChoice && { clusterChoice }) });
      services.panels.show(services.runs.get(id));
      await followRun(services, id, ended);
    },
  });
}

/** Sets it where it is set already, the narrowest first; else for the workspace, or without one for the user. */
async function setDefault(file: vscode.Uri, clusters: number): Promise<void> {
  const settings = vscode.workspace.getConfiguration('climateClustering', file);
  const set = settings.inspect<number>('clusters');
  const target =
    set?.workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : set?.workspaceValue !== undefined || vscode.workspace.workspaceFolders
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await settings.update('clusters', clusters, target);
}
