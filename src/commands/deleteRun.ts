import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError, messageOf } from '../core/errors';
import type { HistoryRun } from '../runs/historyRun';
import { labelOf } from '../runs/historyText';
import { givenRuns, pickRuns } from './runArguments';
import type { Command, Services } from './services';

/** Names of runs in one question. */
const LISTED = 8;

/**
 * `climateClustering.deleteRun(directory?, directories?)`: moves runs to the trash, after a question; where there is no
 * trash it asks once more and deletes for good. Runs that train are refused.
 */
export const deleteRun: Command = {
  id: 'deleteRun',
  async run(services, clicked, selected) {
    let directories = givenRuns(services, clicked, selected);
    if (directories.length === 0) directories = await pickRuns(services, { title: 'Delete Run' });
    if (directories.length === 0) return;
    directories.forEach(refuseOthers);
    await services.history.list();
    const names = new Map(directories.map((directory) => [directory, nameOf(services, directory)]));
    refuseRunning(services, names);
    const list = [...names.values()];
    const what = list.length === 1 ? `the run ${list[0]}` : `${list.length} runs`;
    const answer = await vscode.window.showWarningMessage(
      `Delete ${what}?`,
      { modal: true, detail: detailOf(list) },
      'Move to Trash',
    );
    if (answer === undefined) return;
    // While it was asked, one may have been resumed, also by another window.
    refuseRunning(services, names);
    await refuseHeld(names);
    const kept: string[] = [];
    for (const directory of directories) {
      if (!(await remove(services, directory, true))) kept.push(directory);
    }
    if (kept.length > 0) await deleteForGood(services, kept, names);
  },
};

/** Whatever path a command is called with, only runs are deleted. */
function refuseOthers(directory: string): void {
  if (existsSync(path.join(directory, 'run.json'))) return;
  throw new UserError(`${directory} is not a run directory: it has no run.json. It is left as it is.`);
}

function nameOf({ history }: Services, directory: string): string {
  const run = history.run(directory);
  if (!run) return `“${path.basename(directory)}”`;
  const label = `“${labelOf(run, Date.now(), { language: vscode.env.language })}”`;
  const files = run.files.map((file) => path.basename(file));
  return files.length > 0 ? `${label} of ${files[0]}${files.length > 1 ? ' and others' : ''}` : label;
}

function detailOf(names: readonly string[]): string {
  const lost = 'Labels, maps, metrics, report and trained model go with it. The data files stay.';
  if (names.length === 1) return lost;
  const more = names.length > LISTED ? [`and ${names.length - LISTED} more`] : [];
  return [...names.slice(0, LISTED), ...more, '', lost.replace('with it', 'with them')].join('\n');
}

function refuseRunning({ runs, history }: Services, names: ReadonlyMap<string, string>): void {
  for (const [directory, name] of names) {
    const state: HistoryRun['state'] | undefined =
      runs.find(directory)?.state ?? history.run(directory)?.state;
    const held = history.run(directory)?.isHeld ?? false;
    if (held) throw new UserError(`Another process works on the run ${name}. Stop it there first.`);
    if (state === 'queued' || state === 'running' || state === 'cancelling') {
      throw new UserError(`The run ${name} is training. Cancel it first, then delete it.`);
    }
  }
}

async function refuseHeld(names: ReadonlyMap<string, string>): Promise<void> {
  // Loaded on first use: activation must stay quick.
  const { holderOf } = await import('../core/results/runLock');
  for (const [directory, name] of names) {
    const holder = await holderOf(directory);
    if (holder) {
      throw new UserError(
        `A process works on the run ${name} (${holder.pid} on ${holder.host}). Stop it there first.`,
      );
    }
  }
}

/** Whether the directory is gone. A run is forgotten only then. */
async function remove(
  { runs, reader, history, log }: Services,
  directory: string,
  useTrash: boolean,
): Promise<boolean> {
  const uri = vscode.Uri.file(directory);
  // Open files cannot be deleted everywhere.
  await reader.forget(directory);
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash });
  } catch (error) {
    if (!useTrash) throw error;
    log.info(`${directory} was not moved to the trash: ${messageOf(error)}`);
    return false;
  }
  runs.forget(directory);
  await removeIfEmpty(path.dirname(directory));
  await history.refresh();
  return true;
}

async function deleteForGood(
  services: Services,
  directories: readonly string[],
  names: ReadonlyMap<string, string>,
): Promise<void> {
  const what =
    directories.length === 1 ? `The run ${names.get(directories[0])}` : `${directories.length} runs`;
  const answer = await vscode.window.showWarningMessage(
    `${what} could not be moved to the trash. Delete ${directories.length === 1 ? 'it' : 'them'} permanently?`,
    {
      modal: true,
      detail: 'There may be no trash on this machine. What is deleted now cannot be brought back.',
    },
    'Delete Permanently',
  );
  if (answer === undefined) return;
  for (const directory of directories) await remove(services, directory, false);
}

/** A folder `X.clusters` without runs is of no use to anyone. */
async function removeIfEmpty(folder: string): Promise<void> {
  if (!folder.endsWith('.clusters')) return;
  const uri = vscode.Uri.file(folder);
  try {
    // Not recursive: a folder with anything in it is refused.
    if ((await vscode.workspace.fs.readDirectory(uri)).length === 0) {
      await vscode.workspace.fs.delete(uri, { recursive: false, useTrash: false });
    }
  } catch {
    // It stays, which does no harm.
  }
}
