/**
 * The in-host tests: a mocha suite inside the extension host of a real VS Code, on a fresh copy of the sample.
 * VSCODE_TEST_ELECTRON=<version> uses the desktop VS Code of that version, which is downloaded from Microsoft.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { clearResults, report } from '../workbench/results.mjs';
import { repository } from '../workbench/server.mjs';
import { FAST, buildExtension, createWorkspace } from '../workbench/workspace.mjs';

const extensionTestsPath = path.join(repository, 'out-test', 'host', 'index.js');
const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-cache-'));
const results = path.join(os.tmpdir(), `climate-clustering-host-${process.pid}.json`);
clearResults();

let code = 1;
const workspace = createWorkspace(FAST);
try {
  if (!process.env.SKIP_BUILD) buildExtension();
  await build({
    entryPoints: [path.join(repository, 'test', 'host', 'index.ts')],
    outfile: extensionTestsPath,
    bundle: true,
    sourcemap: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // mocha finds its reporters and interfaces by path, and so stays in node_modules.
    external: ['vscode', 'mocha'],
  });
  // What is measured under a test is nothing to remember.
  const env = { HOST_TEST_RESULTS: results, XDG_CACHE_HOME: cache };
  const options = { extensionDevelopmentPath: repository, extensionTestsPath };
  if (process.env.VSCODE_TEST_ELECTRON) {
    const { runTests } = await import('@vscode/test-electron');
    code = await runTests({
      ...options,
      version: process.env.VSCODE_TEST_ELECTRON,
      launchArgs: [workspace.folder, '--disable-extensions', '--disable-workspace-trust'],
      extensionTestsEnv: env,
    });
  } else {
    const { runTests } = await import('../workbench/inHost.mjs');
    code = await runTests({ ...options, workspace: workspace.folder, env });
  }
} catch (error) {
  console.error(error);
} finally {
  if (!process.env.KEEP_WORKSPACE) workspace.remove();
}

// An extension host that aborts ends with code 0 too: only the suite's own numbers count.
const numbers = fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined;
fs.rmSync(results, { force: true });
fs.rmSync(cache, { recursive: true, force: true });
if (numbers && code !== 0 && numbers.failed === 0) numbers.failed = 1;
report(numbers);
