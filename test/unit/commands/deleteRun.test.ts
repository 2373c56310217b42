import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteRun } from '../../../src/commands/deleteRun';

const asked = vi.hoisted(() => ({ delete: vi.fn(), question: vi.fn() }));
vi.mock('vscode', () => ({
  Uri: class {
    static file = (file: string) => file;
  },
  env: { language: 'en' },
  window: { showWarningMessage: asked.question },
  workspace: { fs: { delete: asked.delete, readDirectory: () => [1] } },
}));

const folder = mkdtempSync(path.join(tmpdir(), 'climate-clustering-delete-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => vi.clearAllMocks());

const forgotten: string[] = [];
const services = {
  runs: { get: () => undefined, find: () => undefined, forget: (one: string) => forgotten.push(one) },
  history: { list: () => [], run: () => undefined, refresh: () => {}, selection: [] },
  reader: { forget: () => {} },
  log: { info: () => {} },
};
const call = (directory: string) => Promise.resolve(deleteRun.run(services as never, directory));

describe('the command that deletes a run', () => {
  it('refuses a directory that is not one, before it asks anything', async () => {
    const home = path.join(folder, 'home');
    mkdirSync(home);
    await expect(call(home)).rejects.toThrow('is not a run directory');
    expect(asked.question).not.toHaveBeenCalled();
    expect(asked.delete).not.toHaveBeenCalled();
  });

  it('deletes after a question only', async () => {
    const run = path.join(folder, 'a.clusters', 'run');
    mkdirSync(run, { recursive: true });
    writeFileSync(path.join(run, 'run.json'), '{}');
    asked.question.mockResolvedValueOnce(undefined);
    await call(run);
    expect(asked.delete).not.toHaveBeenCalled();
    asked.question.mockResolvedValueOnce('Move to Trash');
    await call(run);
    expect(asked.delete).toHaveBeenCalledWith(run, { recursive: true, useTrash: true });
    expect(forgotten).toEqual([run]);
  });
});
