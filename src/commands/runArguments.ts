import path from 'node:path';
import * as vscode from 'vscode';
import type { HistoryRun } from '../runs/historyRun';
import type { Services } from './services';

interface RunItem extends vscode.QuickPickItem {
  readonly directory: string;
}

/**
 * The run directories that a command of the history was called on: the clicked run and, when it is among them, all
 * selected ones; without any, those selected in the view (`keys`). Data files among them are left out.
 */
export function givenRuns({ runs, history }: Services, clicked: unknown, selected: unknown): string[] {
  const given =
    Array.isArray(clicked) || clicked === undefined
      ? (clicked ?? history.selection)
      : [clicked, ...(Array.isArray(selected) && selected.includes(clicked) ? selected : [])];
  const directories = (given as unknown[])
    .map((one) => (one instanceof vscode.Uri ? one.fsPath : one))
    .filter((one): one is string => typeof one === 'string')
    .map((one) => runs.get(one)?.directory ?? one)
    .filter((one) => path.isAbsolute(one));
  return [...new Set(directories)];
}

/** Which runs a command is for, and what to say when there is none. */
export interface Choice {
  readonly title: string;
  /** How many must be picked. */
  readonly atLeast?: number;
  readonly suits?: (run: HistoryRun) => boolean;
  readonly none?: string;
}

/** Lets the user pick among the runs that suit; empty when dismissed. Says so when there are too few. */
export async function pickRuns(
  { history }: Pick<Services, 'history'>,
  {
    title,
    atLeast = 1,
    suits = () => true,
    none = 'There are no runs in this workspace yet. Cluster a file first.',
  }: Choice,
): Promise<string[]> {
  // Loaded on first use: activation must stay quick.
  const { describeRun } = await import('../runs/historyText');
  const groups = await history.list();
  const items = groups.flatMap(({ files, runs }) =>
    runs.filter(suits).flatMap((run): RunItem[] => {
      if (run.directory === undefined) return [];
      const { label, description, icon } = describeRun(run, Date.now(), { language: vscode.env.language });
      const detail = files.map((file) => path.basename(file)).join(', ');
      return [{ label: `$(${icon}) ${label}`, description, detail, directory: run.directory }];
    }),
  );
  if (items.length < atLeast) {
    void vscode.window.showInformationMessage(
      items.length === 0
        ? none
        : `There ${items.length === 1 ? 'is only 1 run' : `are only ${items.length} runs`} in this workspace; this needs ${atLeast}.`,
    );
    return [];
  }
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  if (atLeast === 1) {
    const picked = await vscode.window.showQuickPick(items, options);
    return picked ? [picked.directory] : [];
  }
  const picked = await vscode.window.showQuickPick(items, { ...options, canPickMany: true });
  return picked?.map(({ directory }) => directory) ?? [];
}

/** The one run directory that a command was called on, or that the user picks; undefined when dismissed. */
export async function chooseRun(
  services: Services,
  given: unknown,
  choice: Choice,
): Promise<string | undefined> {
  return givenRuns(services, given, undefined)[0] ?? (await pickRuns(services, choice))[0];
}
