/** Fresh workspaces and builds for the tests that run in a real VS Code. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repository } from './server.mjs';

export const SAMPLE = 'ncep_r1_hornafrica_daily_2008.nc';

/** A temporary folder with a copy of the sample, a damaged file and the given workspace settings. */
export function createWorkspace(settings = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-workspace-'));
  fs.copyFileSync(path.join(repository, 'media', 'sample', SAMPLE), path.join(folder, SAMPLE));
  const whole = fs.readFileSync(path.join(folder, SAMPLE));
  fs.writeFileSync(path.join(folder, 'cut-off.nc'), whole.subarray(0, Math.floor(whole.length / 3)));
  fs.mkdirSync(path.join(folder, '.vscode'));
  fs.writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(settings, null, 2));
  return {
    folder,
    remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** Few epochs of a narrow model: every phase of the training runs, in seconds instead of minutes. */
export const FAST = {
  'climateClustering.model.widthFactor': 0.03125,
  'climateClustering.training.warmupEpochs': 3,
  'climateClustering.training.jointEpochs': 2,
  'climateClustering.training.adversarialEpochs': 2,
  'climateClustering.training.maxStepsPerEpoch': 8,
  'climateClustering.discriminator.warmupSteps': 10,
};

/** Bundles the extension as a user gets it. */
export function buildExtension() {
  const built = spawnSync(process.execPath, ['esbuild.js'], { cwd: repository, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('The extension does not build.');
}
