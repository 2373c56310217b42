import path from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../runs/run';
import { describeProgress, progressPercent } from '../runs/describe';
import { withoutLinks } from './notice';
import type { Services } from './services';

/** Shows a run as a notification that can cancel it, and says how it ended. Resolves with its last snapshot. */
export async function followRun(
  { runs, panels, log }: Services,
  id: string,
  ended: Promise<Run>,
): Promise<Run> {
  const name = withoutLinks(path.basename(runs.get(id)!.files[0]));
  const run = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Clustering ${name}`, cancellable: true },
    async (notification, token) => {
      let shown = 0;
      const stop = runs.onDidChange((changed) => {
        if (changed.id !== id) return;
        const percent = progressPercent(changed);
        notification.report({
          message: describeProgress(changed),
          increment: Math.max(0, percent - shown),
        });
        shown = Math.max(shown, percent);
      });
      token.onCancellationRequested(() => runs.cancel(id));
      try {
        return await ended;
      } finally {
        stop();
      }
    },
  );
  void tellEnd(run, name, { panels, log });
  return run;
}

async function tellEnd(
  run: Run,
  name: string,
  { panels, log }: Pick<Services, 'panels' | 'log'>,
): Promise<void> {
  const execute = (command: string): unknown =>
    vscode.commands.executeCommand(`climateClustering.${command}`, run.directory);
  switch (run.state) {
    case 'finished': {
      const answer = await vscode.window.showInformationMessage(
        `${name} is clustered.`,
        'Show Results',
        ...(run.hasReport ? ['Open Report'] : []),
      );
      if (answer === 'Show Results') panels.show(run);
      if (answer === 'Open Report') await execute('openReport');
      return;
    }
    case 'interrupted': {
      const reason = run.message ? ` ${withoutLinks(run.message)}` : '';
      const answer = await vscode.window.showWarningMessage(
        `Clustering ${name} was stopped.${reason}`,
        ...(run.canResume ? ['Resume'] : []),
        'Show Log',
      );
      if (answer === 'Resume') await execute('resumeRun');
      if (answer === 'Show Log') log.show();
      return;
    }
    default: {
      const answer = await vscode.window.showErrorMessage(
        `${name} could not be clustered. ${withoutLinks(run.message ?? '')}`,
        'Show Log',
      );
      if (answer) log.show();
    }
  }
}
