import path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveComparison, ComparisonService } from '../runs/comparisonService';
import { withoutLinks } from './notice';
import type { Services } from './services';

/** How a comparison ended, for code that started it by a command. */
export interface ComparisonOutcome {
  readonly state: ActiveComparison['state'];
  readonly directory: string | undefined;
  readonly message: string | undefined;
}

/** Shows a comparison as a notification that can cancel it and, once it has begun, in its panel; says how it ended. */
export async function followComparison(
  { comparisons, comparisonPanels, log }: Services,
  begin: (comparisons: ComparisonService) => { id: number; ended: Promise<ActiveComparison> },
  file: string,
): Promise<ComparisonOutcome> {
  const name = withoutLinks(path.basename(file));
  const last = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Comparing methods on ${name}`,
      cancellable: true,
    },
    async (notification, token) => {
      const { id, ended } = begin(comparisons);
      let shown = 0;
      let isOpen = false;
      const stop = comparisons.onDidChange((changed) => {
        if (changed.id !== id) return;
        if (!isOpen && changed.directory !== undefined && changed.progress) {
          isOpen = true;
          comparisonPanels.show(changed.directory);
        }
        const percent = percentOf(changed);
        notification.report({ message: messageFor(changed), increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      });
      token.onCancellationRequested(() => comparisons.cancel(id));
      try {
        return await ended;
      } finally {
        stop();
      }
    },
  );
  void tellEnd(last, name, { comparisonPanels, log });
  return { state: last.state, directory: last.directory, message: last.message };
}

function percentOf({ progress }: ActiveComparison): number {
  return progress
    ? (100 * (progress.done + (progress.current?.share ?? 0))) / Math.max(1, progress.total)
    : 0;
}

function messageFor({ state, progress }: ActiveComparison): string {
  if (state === 'queued') return 'waiting for the run that goes on';
  if (state === 'cancelling') return 'stopping';
  if (!progress) return 'reading the data';
  const { done, total, current } = progress;
  return current ? `${current.title}, seed ${current.seed} (${done + 1} of ${total})` : `${done} of ${total}`;
}

async function tellEnd(
  { state, directory, message }: ActiveComparison,
  name: string,
  { comparisonPanels, log }: Pick<Services, 'comparisonPanels' | 'log'>,
): Promise<void> {
  if (state === 'finished') {
    const answer = await vscode.window.showInformationMessage(
      `The methods are compared on ${name}.`,
      'Show Comparison',
    );
    if (answer) comparisonPanels.show(directory!);
    return;
  }
  const canResume = directory !== undefined;
  const reason = message ? ` ${withoutLinks(message)}` : '';
  if (state === 'failed' && !canResume) {
    const answer = await vscode.window.showErrorMessage(
      `The methods could not be compared.${reason}`,
      'Show Log',
    );
    if (answer) log.show();
    return;
  }
  const answer = await vscode.window.showWarningMessage(
    `The comparison on ${name} was stopped.${reason}`,
    ...(canResume ? ['Resume'] : []),
    'Show Log',
  );
  if (answer === 'Resume')
    await vscode.commands.executeCommand('climateClustering.resumeComparison', directory);
  if (answer === 'Show Log') log.show();
}
