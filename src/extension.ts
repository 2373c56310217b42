import * as vscode from 'vscode';
import { commands } from './commands';
import { register, type Services } from './commands/services';
import { ResultsPanels } from './panels/resultsPanel';
import { runStore } from './runs/runStore';
import { RunService } from './runs/runService';
import { createStatusBarItem } from './runs/statusBar';
import { readHostSettings } from './settings';
import { TrainerHost } from './trainer/host';

let runs: RunService | undefined;

/** Builds the services and registers them; nothing is read, loaded or computed before a command asks for it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Climate Clustering', { log: true });
  runs = new RunService(
    () => new TrainerHost({ isolation: readHostSettings(undefined)['trainer.isolation'] }),
    runStore,
    log,
  );
  const panels = new ResultsPanels(context.extensionUri, runs, log);
  const services: Services = { runs, panels, log };
  context.subscriptions.push(
    log,
    panels,
    createStatusBarItem(runs),
    ...commands.map((command) => register(command, services)),
  );
}

/** The window closes: what trains writes its checkpoint first, so that it can be resumed. */
export async function deactivate(): Promise<void> {
  await runs?.dispose();
}
