// `npm run screenshots`: the pictures of the README, taken of the sample in a real VS Code. Takes about three minutes.
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from '../test/workbench/workbench.mjs';
import { SAMPLE, createWorkspace } from '../test/workbench/workspace.mjs';
import { clusterMaps } from '../test/ui/maps.mjs';
import { root, runNode } from './node.mjs';

const K = 7;
const docs = path.join(root, 'docs');

const workspace = createWorkspace();
let workbench;
try {
  fs.rmSync(path.join(workspace.folder, 'cut-off.nc'));
  const failed =
    runNode(['esbuild.js']) ||
    runNode(['dist/cli.js', 'cluster', path.join(workspace.folder, SAMPLE), '--clusters', String(K)]);
  if (failed) throw new Error('The sample could not be clustered.');
  workbench = await Workbench.open(workspace.folder, { viewport: { width: 1440, height: 900 } });
  const { page } = workbench;
  const shoot = async (name) => {
    // Notifications and the pointer are no part of the picture.
    await page.mouse.move(5, 450);
    await page.waitForTimeout(800);
    await page.screenshot({ path: path.join(docs, `${name}.png`) });
    console.log(`docs/${name}.png`);
  };

  await workbench.openHistory();
  await workbench.historyRow(`K = ${K}`).click();
  const time = await workbench.inPanel('time', 'main[data-state="finished"] .ribbon[data-steps="366"]');
  const open = (kind) => time.locator(`[data-action="open"][data-panel="${kind}"]`).click();
  await open('maps');
  const maps = await workbench.inPanel('maps', 'figure.tile');
  await maps.getByRole('button', { name: 'Anomalies' }).click();
  await clusterMaps(workbench, K);
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  for (const [theme, name] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ]) {
    await workbench.setTheme(theme);
    await clusterMaps(workbench, K);
    await shoot(`panels-${name}`);
  }
  await open('affinity');
  await workbench.inPanel('affinity', 'canvas');
  await page.waitForTimeout(2000);
  await shoot('affinity');
  await open('metrics');
  await workbench.inPanel('metrics', '#runs tbody tr');
  await shoot('metrics');
} finally {
  await workbench?.close();
  workspace.remove();
}
