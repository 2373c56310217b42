import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import { isActive } from '../runs/run';
import { chooseRun } from './runArguments';
import type { Command } from './services';

/**
 * `climateClustering.renameRun(directory?, _, name?)`: gives a run a name, which is asked for where it is not given; an
 * empty one takes the name away.
 */
export const renameRun: Command = {
  id: 'renameRun',
  async run(services, clicked, _selected, given) {
    const { runs, history } = services;
    const directory = await chooseRun(services, clicked, { title: 'Rename Run' });
    if (directory === undefined) return;
    const known = runs.find(directory);
    if (known && (isActive(known) || known.isHeld)) {
      throw new UserError('A run that trains cannot be renamed. Wait until it has ended, or cancel it.');
    }
    const before = history.run(directory)?.name ?? '';
    // Loaded on first use: activation must stay quick.
    const { MAX_NAME } = await import('../core/results/runJson');
    const name = typeof given === 'string' ? given : await ask(before, MAX_NAME);
    if (name === undefined || name.trim() === before) return;
    await runs.rename(directory, name.trim());
    // Watchers of files are late at times.
    await history.refresh();
  },
};

function ask(before: string, longest: number): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Rename Run',
    prompt: 'A name for the run. Leave it empty to go back to its date.',
    value: before,
    validateInput: (name) => checkName(name, longest),
  });
}

/** What is wrong with a name; undefined when nothing is. */
function checkName(name: string, longest: number): string | undefined {
  const { length } = name.trim();
  return length > longest ? `A name has at most ${longest} characters; this one has ${length}.` : undefined;
}
