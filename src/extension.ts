import * as vscode from 'vscode';
import { commands } from './commands';
import { register, type Services } from './commands/services';
import { ChoosePanels } from './panels/choosePanels';
import { ComparisonPanels } from './panels/comparisonPanels';
import { PreviewEditor } from './panels/previewEditor';
import { RunPanels } from './panels/runPanels';
import { SelectionModel } from './panels/selection';
import { ReaderHost } from './reader/host';
import { ComparisonService } from './runs/comparisonService';
import { RunHistory } from './runs/historyTree';
import { runStore } from './runs/runStore';
import { RunService } from './runs/runService';
import { createStatusBarItem } from './runs/statusBar';
import { engineEnvironment, readHostSettings } from './settings';
import { ComparisonHost } from './trainer/comparisonHost';
import { TrainerHost } from './trainer/host';

let runs: RunService | undefined;
let comparisons: ComparisonService | undefined;
let reader: ReaderHost | undefined;

/** What the tests look into. */
export interface ExtensionApi {
  readonly history: RunHistory;
  readonly comparisons: ComparisonService;
}

/** Builds the services and registers them; nothing is read, loaded or computed before a command asks for it. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const log = vscode.window.createOutputChannel('Climate Clustering', { log: true });
  runs = new RunService(
    () => {
      const settings = readHostSettings(undefined);
      return new TrainerHost({
        isolation: settings['trainer.isolation'],
        environment: engineEnvironment(settings),
      });
    },
    runStore,
    log,
  );
  reader = new ReaderHost({ log: (message) => log.info(message) });
  const known = runs;
  comparisons = new ComparisonService(
    () => new ComparisonHost({ environment: engineEnvironment(readHostSettings(undefined)) }),
    (work) => known.inTurn(work),
    log,
  );
  const selections = new SelectionModel(() => known.runs);
  const panels = new RunPanels({
    extension: context.extensionUri,
    runs,
    comparisons,
    selections,
    reader,
    log,
  });
  const comparisonPanels = new ComparisonPanels({ extension: context.extensionUri, comparisons, log });
  const choosePanels = new ChoosePanels(context.extensionUri, log);
  const history = new RunHistory(runs, log);
  const services: Services = {
    extension: context.extensionUri,
    runs,
    panels,
    comparisons,
    comparisonPanels,
    choosePanels,
    selections,
    reader,
    history,
    log,
  };
  context.subscriptions.push(
    log,
    panels,
    comparisonPanels,
    choosePanels,
    history,
    new PreviewEditor(context.extensionUri, reader, log).register(),
    createStatusBarItem(runs),
    ...commands.map((command) => register(command, services)),
  );
  return { history, comparisons };
}

/** The window closes: what trains writes its checkpoint first, so that it can be resumed. */
export async function deactivate(): Promise<void> {
  await Promise.all([comparisons?.dispose(), runs?.dispose(), reader?.dispose()]);
}
