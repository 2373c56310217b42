import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/**
 * The Node.js that the user has. npm puts node_modules/.bin first in the PATH, and the one that a development
 * dependency brings along for VS Code's server is in there: without this, every script would run in that one.
 */
export const nodePath = process.env.npm_node_execpath ?? process.execPath;

/** Runs a script in the user's Node.js, in the project's folder; returns its exit code, 1 if it was killed. */
export function runNode(args, env = {}) {
  const { status } = spawnSync(nodePath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status ?? 1;
}
