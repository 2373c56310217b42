import * as vscode from 'vscode';
import { isUserError, messageOf } from '../core/errors';
import type { ChoosePanels } from '../panels/choosePanels';
import type { ComparisonPanels } from '../panels/comparisonPanels';
import type { RunPanels } from '../panels/runPanels';
import type { SelectionModel } from '../panels/selection';
import type { ReaderHost } from '../reader/host';
import type { ComparisonService } from '../runs/comparisonService';
import type { RunHistory } from '../runs/historyTree';
import type { RunService } from '../runs/runService';
import { SettingError } from '../settings';
import { withoutLinks } from './notice';

/** What the commands work with; built once, on activation. */
export interface Services {
  /** Where the extension is. */
  readonly extension: vscode.Uri;
  readonly runs: RunService;
  readonly panels: RunPanels;
  readonly comparisons: ComparisonService;
  readonly comparisonPanels: ComparisonPanels;
  readonly choosePanels: ChoosePanels;
  readonly selections: SelectionModel;
  readonly reader: ReaderHost;
  readonly history: RunHistory;
  readonly log: vscode.LogOutputChannel;
}

/** A command by its id, without "climateClustering.". Its result is what `executeCommand` resolves with. */
export interface Command {
  readonly id: string;
  run(services: Services, ...args: unknown[]): unknown;
}

/** Registers a command; what it throws becomes one clear message, with the stack in the log only. */
export function register(command: Command, services: Services): vscode.Disposable {
  return vscode.commands.registerCommand(`climateClustering.${command.id}`, async (...args: unknown[]) => {
    try {
      return await command.run(services, ...args);
    } catch (error) {
      void showError(error, services.log);
      return undefined;
    }
  });
}

export async function showError(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof SettingError) {
    log.error(error.message);
    const answer = await vscode.window.showErrorMessage(withoutLinks(error.message), 'Open Settings');
    if (answer) await vscode.commands.executeCommand('workbench.action.openSettings', error.setting);
    return;
  }
  log.error(
    isUserError(error) || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message),
  );
  if ((await vscode.window.showErrorMessage(withoutLinks(messageOf(error)), 'Show Log')) !== undefined)
    log.show();
}
