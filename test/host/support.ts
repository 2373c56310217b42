import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

/** A file of the test's workspace. */
export function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.file(path.join(folder.uri.fsPath, name));
}

export function sample(): vscode.Uri {
  return workspaceFile('ncep_r1_hornafrica_daily_2008.nc');
}

/** Sets `climateClustering.<key>` in the workspace while `body` runs. */
export async function withSetting(
  key: string,
  value: unknown,
  body: () => void | Promise<void>,
): Promise<void> {
  const settings = (): vscode.WorkspaceConfiguration =>
    vscode.workspace.getConfiguration('climateClustering');
  const before = settings().inspect(key)?.workspaceValue;
  await settings().update(key, value, vscode.ConfigurationTarget.Workspace);
  try {
    await body();
  } finally {
    await settings().update(key, before, vscode.ConfigurationTarget.Workspace);
  }
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !condition();) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Answers the extension's warnings, one after the other, while `body` runs; returns what was asked. */
export async function answering(
  answers: readonly (string | undefined)[],
  body: () => Thenable<unknown>,
): Promise<string[]> {
  const questions: string[] = [];
  const window = vscode.window as { showWarningMessage: unknown };
  const before = window.showWarningMessage;
  window.showWarningMessage = (question: string) => Promise.resolve(answers[questions.push(question) - 1]);
  try {
    await body();
  } finally {
    window.showWarningMessage = before;
  }
  return questions;
}

/** Chooses `action` in the extension's first warning that offers it, while `body` runs; returns all warnings. */
export async function asked(
  action: string,
  body: () => Promise<void>,
): Promise<{ text: string; actions: string[] }[]> {
  const warnings: { text: string; actions: string[] }[] = [];
  const window = vscode.window as { showWarningMessage: unknown };
  const before = window.showWarningMessage;
  let chosen = false;
  window.showWarningMessage = (text: string, ...actions: string[]) => {
    warnings.push({ text, actions });
    const choose = !chosen && actions.includes(action);
    chosen ||= choose;
    return Promise.resolve(choose ? action : undefined);
  };
  try {
    await body();
  } finally {
    window.showWarningMessage = before;
  }
  return warnings;
}
