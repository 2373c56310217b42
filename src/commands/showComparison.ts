import path from 'node:path';
import * as vscode from 'vscode';
import type { ComparisonInfo } from '../core/compare/files';
import type { Command } from './services';

/** More than anyone looks through. */
const LIMIT = 500;

/** `climateClustering.showComparison(directory?)`: a comparison of methods in its panel. */
export const showComparison: Command = {
  id: 'showComparison',
  async run({ comparisonPanels }, given) {
    const directory = await chooseComparison(given, {
      title: 'Show Comparison',
      none: 'No methods have been compared in this workspace yet. Right-click a data file and choose “Compare Methods...”.',
    });
    if (directory !== undefined) comparisonPanels.show(directory);
  },
};

/** The directory that a command was called on, or one that the user picks; undefined when dismissed or when there is none. */
export async function chooseComparison(
  given: unknown,
  choice: {
    readonly title: string;
    readonly none: string;
    readonly suits?: (info: ComparisonInfo) => boolean;
  },
): Promise<string | undefined> {
  if (typeof given === 'string' && path.isAbsolute(given)) return given;
  if (given instanceof vscode.Uri) return given.fsPath;
  const { suits = () => true } = choice;
  const [{ readComparison }, { dataText }] = await Promise.all([
    import('../core/compare/files'),
    import('../core/compare/tables'),
  ]);
  const found = await vscode.workspace.findFiles(
    '**/*.clusters/compare-*/comparison.json',
    '**/node_modules/**',
    LIMIT,
  );
  const directories = found.map(({ fsPath }) => path.dirname(fsPath));
  const read = await Promise.allSettled(
    directories.map(async (directory) => ({ directory, info: await readComparison(directory) })),
  );
  const items = read
    .flatMap((one) => (one.status === 'fulfilled' && suits(one.value.info) ? [one.value] : []))
    .sort((a, b) => b.info.started.localeCompare(a.info.started))
    .map(({ directory, info }) => ({
      label: info.config.files.map((file) => path.basename(file)).join(', '),
      description: `${new Date(info.started).toLocaleString(vscode.env.language)} · ${info.state}`,
      detail: `${info.methods.map(({ title }) => title).join(', ')} · ${dataText(info)}`,
      directory,
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(choice.none);
    return undefined;
  }
  const options = { title: choice.title, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.directory;
}
