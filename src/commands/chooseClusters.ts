import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ClusterChoice } from '../core/choose/choice';
import { UserError } from '../core/errors';
import { dataOptions } from '../protocol/choose';
import { runConfig } from '../settings';
import { asFile, requireFile } from './clusterFile';
import { chooseFiles, readFields } from './dataFiles';
import { pickData } from './pickRun';
import type { Command } from './services';

/** Lets other code choose without questions; see {@link chooseClusters}. With the fields nothing is asked. */
const options = z.strictObject(dataOptions);
type Options = z.infer<typeof options>;

/**
 * `climateClustering.chooseClusters(file?, files?, options?)`: how many clusters the time steps of one file have, or of
 * several together, in a panel from which they can be clustered. Without `options` it asks for the fields. Resolves with the
 * choice; with undefined when it did not begin, or its panel was closed before.
 */
export const chooseClusters: Command = {
  id: 'chooseClusters',
  async run({ choosePanels }, file, files, given): Promise<ClusterChoice | undefined> {
    const uris = await chooseFiles(asFile(file), Array.isArray(files) ? files.map(requireFile) : undefined);
    if (uris.length === 0) return undefined;
    // Settings first: whoever has answered all questions must not learn of a mistake only then.
    runConfig(uris, {});
    const wanted = given === undefined ? await ask(uris) : parse(given);
    return wanted && choosePanels.show({ files: uris.map(({ fsPath }) => fsPath), ...wanted }).chosen;
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
