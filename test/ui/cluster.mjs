/** A user clusters the sample: from the explorer's context menu to the finished panels, and after a reload. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FAST, SAMPLE } from '../workbench/workspace.mjs';
import { clusterMaps } from './maps.mjs';
import { openedWorkspace, screenshot } from './openedWorkspace.mjs';

export const title = 'clustering the sample by hand';

export const setUp = () => openedWorkspace();

const clustersFolder = (folder) => path.join(folder, SAMPLE.replace('.nc', '.clusters'));

export const steps = [
  [
    'the context menu of the sample asks for fields, with the fitting ones chosen',
    async (context) => {
      const { workbench } = context;
      await workbench.fromContextMenu(SAMPLE, 'Cluster File...');
      const rows = workbench.quickInput.locator('.quick-input-list .monaco-list-row');
      await rows.first().waitFor();
      const texts = await rows.allTextContents();
      assert.equal(texts.length, 4, texts.join('\n'));
      for (const text of texts) assert.match(text, /time 366 × lat 10 × lon 12/);
      const checked = workbench.quickInput.locator('.monaco-list-row .monaco-checkbox.checked');
      assert.equal(await checked.count(), 4);
      await screenshot(context, 'pick-fields');
      await workbench.page.keyboard.press('Enter');
    },
  ],
  [
    'then for K, refusing what is none',
    async (context) => {
      const { workbench } = context;
      const input = workbench.quickInput.locator('input').last();
      await workbench.page.waitForFunction(() =>
        globalThis.document.querySelector('.quick-input-title')?.textContent?.includes('number of clusters'),
      );
      assert.equal(await input.inputValue(), '7');
      await input.fill('1');
      await workbench.quickInput.getByText('A whole number from 2 to 50').waitFor();
      await input.fill('5');
      await screenshot(context, 'pick-clusters');
      await workbench.page.keyboard.press('Enter');
    },
  ],
  [
    'the time panel, the status bar and the run history show the run while it trains',
    async (context) => {
      const { workbench } = context;
      const { page } = workbench;
      const panel = await workbench.inPanel('time', 'main[data-state="running"]', 60_000);
      await page.locator('.statusbar-item', { hasText: /Clustering \d+%/ }).waitFor();
      await workbench.openHistory();
      await workbench.historyRow(/epoch \d+\/7/).waitFor();
      await panel.getByRole('button', { name: 'Maps' }).click();
      await workbench.panel('maps');
      await workbench.inPanel('time', '.ribbon[data-steps="366"]', 180_000);
      await screenshot(context, 'running');
    },
  ],
  [
    'the maps appear while it trains, and stay when it has ended',
    async (context) => {
      const { workbench } = context;
      await clusterMaps(workbench, 5);
      await workbench.inPanel('time', 'main[data-state="finished"]', 180_000);
      await workbench.inPanel('maps', 'main[data-state="finished"]', 10_000);
      const labels = await clusterMaps(workbench, 5);
      for (const label of labels) assert.match(label, /cluster \d.*\d+.* to .*\d/is);
      await workbench.page.locator('.statusbar-item', { hasText: 'Clustered' }).waitFor();
      await screenshot(context, 'finished');
    },
  ],
  [
    'the finished time panel has every step, and sizes that add up',
    async ({ workbench }) => {
      const panel = await workbench.panel('time');
      // Cells beside each other fill the band from end to end.
      const filled = await panel.locator('.ribbon').evaluate((ribbon) => {
        const cells = [...ribbon.querySelectorAll('path.cell')].map((one) => one.getAttribute('d')).join('');
        const widths = [...cells.matchAll(/h(\d[\d.]*)v/g)].map((match) => Number(match[1]));
        const band = Number(ribbon.querySelector('rect.band').getAttribute('width'));
        return widths.reduce((sum, width) => sum + width, 0) / band;
      });
      assert.ok(Math.abs(filled - 1) < 0.01, `cells fill ${filled} of the band`);
      const steps = await panel.locator('#clusters tbody td:nth-of-type(3)').allTextContents();
      assert.equal(steps.length, 5);
      assert.equal(
        steps.map(Number).reduce((sum, size) => sum + size),
        366,
      );
    },
  ],
  [
    'the files of the run are in the explorer and on disk',
    async (context) => {
      const { workbench, folder } = context;
      await workbench
        .explorerRow(path.basename(clustersFolder(folder)))
        .first()
        .waitFor();
      const runs = fs.readdirSync(clustersFolder(folder));
      assert.equal(runs.length, 1);
      const files = fs.readdirSync(path.join(clustersFolder(folder), runs[0]));
      for (const name of [
        'run.json',
        'labels.csv',
        'result.nc',
        'metrics.json',
        'history.csv',
        'report.html',
      ]) {
        assert.ok(files.includes(name), `${name} is missing`);
      }
      context.clusters = await (await workbench.panel('time')).locator('#clusters').innerHTML();
    },
  ],
  [
    'a reload of the window restores both panels from disk',
    async (context) => {
      const { workbench } = context;
      await workbench.reload();
      const panel = await workbench.inPanel('time', 'main[data-state="finished"] .ribbon[data-steps="366"]');
      assert.equal(await panel.locator('#clusters').innerHTML(), context.clusters);
      await clusterMaps(workbench, 5);
      await screenshot(context, 'restored');
    },
  ],
  [
    'a run that a reload interrupts is shown so, and resumed to its end from the panel',
    async (context) => {
      const { workbench, folder } = context;
      const { page } = workbench;
      const before = new Set(fs.readdirSync(clustersFolder(folder)));
      // Long enough to be interrupted while it has labels.
      fs.writeFileSync(
        path.join(folder, '.vscode', 'settings.json'),
        JSON.stringify({ ...FAST, 'climateClustering.training.adversarialEpochs': 12 }),
      );
      await workbench.fromContextMenu(SAMPLE, 'Cluster File...');
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() =>
        globalThis.document.querySelector('.quick-input-title')?.textContent?.includes('number of clusters'),
      );
      await page.keyboard.press('Enter');
      // Far enough to have a checkpoint with labels, made after epoch 4: they must be there again after the reload.
      const panelOfRun = await workbench.inPanel(
        'time',
        'main[data-state="running"] .ribbon[data-steps="366"]',
        120_000,
      );
      await panelOfRun.getByText(/epoch ([5-9]|1\d) of 17/).waitFor();
      await workbench.reload();
      const panel = await workbench.inPanel(
        'time',
        'main[data-state="interrupted"] .ribbon[data-steps="366"]',
        60_000,
      );
      await screenshot(context, 'interrupted');
      const [run] = fs.readdirSync(clustersFolder(folder)).filter((name) => !before.has(name));
      assert.ok(fs.existsSync(path.join(clustersFolder(folder), run, 'checkpoint.safetensors')));
      await panel.getByRole('button', { name: 'Resume' }).click();
      await workbench.inPanel('time', 'main[data-state="finished"] .ribbon[data-steps="366"]', 180_000);
      assert.ok(fs.existsSync(path.join(clustersFolder(folder), run, 'report.html')));
    },
  ],
];
