/** A user looks at a finished run: every panel, what is selected in one of them in all others, themes, files, a restart. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repository } from '../workbench/server.mjs';
import { FAST, SAMPLE } from '../workbench/workspace.mjs';
import { clusterMaps } from './maps.mjs';
import { openedWorkspace, screenshot } from './openedWorkspace.mjs';

export const title = 'looking at a finished run';

const K = 4;

export const setUp = () =>
  openedWorkspace({
    prepare: (folder) => [1, 2].forEach((seed) => clusterSample(folder, seed)),
    viewport: { width: 1500, height: 950 },
  });

/** A run of the command line: the history finds it as it finds those of the window. */
function clusterSample(folder, seed) {
  const settings = Object.entries(FAST).flatMap(([key, value]) => [
    '--set',
    `${key.replace('climateClustering.', '')}=${value}`,
  ]);
  const cli = path.join(repository, 'dist', 'cli.js');
  const options = ['--clusters', String(K), '--seed', String(seed), ...settings];
  const done = spawnSync(process.execPath, [cli, 'cluster', path.join(folder, SAMPLE), ...options], {
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
}

/** Waits until a text of a panel fits. */
async function reads(workbench, kind, selector, pattern, timeout = 20_000) {
  for (const end = Date.now() + timeout; ;) {
    const panel = await workbench.inPanel(kind, selector);
    const text = (
      await panel
        .locator(selector)
        .allTextContents()
        .catch(() => [])
    ).join(' ');
    if (pattern.test(text)) return text;
    if (Date.now() > end) throw new Error(`${selector} of the ${kind} panel reads: ${text}`);
    await workbench.page.waitForTimeout(100);
  }
}

export const steps = [
  [
    'the run history lists both runs; a click opens the time panel',
    async ({ workbench }) => {
      await workbench.openHistory();
      await workbench.historyRow(SAMPLE).waitFor();
      await workbench.historyRow(`K = ${K}`).click();
      await workbench.inPanel('time', 'main[data-state="finished"] .ribbon[data-steps="366"]');
    },
  ],
  [
    'the maps open beside it, one for each cluster',
    async (context) => {
      const { workbench } = context;
      const panel = await workbench.panel('time');
      await panel.getByRole('button', { name: 'Maps' }).click();
      const labels = await clusterMaps(workbench, K);
      for (let k = 0; k < K; k++) {
        assert.ok(
          labels.some((label) => new RegExp(`cluster ${k}\\b`, 'i').test(label)),
          labels.join('\n'),
        );
      }
      await screenshot(context, 'maps');
    },
  ],
  [
    'a step selected in the ribbon is shown in the maps',
    async (context) => {
      const { workbench } = context;
      const panel = await workbench.panel('time');
      const ribbon = panel.getByRole('slider', { name: 'Time ribbon' });
      await ribbon.focus();
      await workbench.page.keyboard.press('End');
      await workbench.page.keyboard.press('ArrowLeft');
      await workbench.page.keyboard.press('Enter');
      assert.match(await ribbon.getAttribute('aria-valuetext'), /^30 Dec 2008.*cluster \d/);
      await reads(workbench, 'maps', 'main', /30 Dec 2008/);
      await screenshot(context, 'maps of a step');
    },
  ],
  [
    'a cluster selected in the maps is selected in the time panel',
    async ({ workbench }) => {
      const maps = await workbench.panel('maps');
      await maps.getByRole('button', { name: 'Cluster 2', exact: true }).last().click();
      const panel = await workbench.panel('time');
      await panel.locator('#clusters tr[data-row="2"] button[aria-pressed="true"]').waitFor();
    },
  ],
  [
    'the maps show anomalies, differences, and another projection',
    async ({ workbench }) => {
      const maps = await workbench.panel('maps');
      await maps.getByRole('button', { name: 'Anomalies' }).click();
      await clusterMaps(workbench, K);
      await maps.locator('#projection').selectOption({ label: 'Orthographic' });
      await clusterMaps(workbench, K);
      await maps.getByRole('button', { name: 'Differences' }).click();
      await reads(workbench, 'maps', 'main', /F statistic/);
      await maps.getByRole('button', { name: 'Anomalies' }).click();
      await maps.locator('#projection').selectOption({ index: 0 });
      await clusterMaps(workbench, K);
    },
  ],
  [
    'the metrics panel has the losses, the metrics and both runs',
    async (context) => {
      const { workbench } = context;
      await (await workbench.panel('time')).getByRole('button', { name: 'Metrics' }).click();
      const panel = await workbench.inPanel('metrics', '#runs tbody tr');
      assert.equal(await panel.locator('#runs tbody tr').count(), 2);
      const values = await panel.locator('#metrics [data-metric] .figure').allTextContents();
      assert.equal(values.length, 8, values.join());
      for (const value of values) assert.match(value, /^−?\d/);
      assert.ok((await panel.locator('#losses svg').count()) >= 3);
      await screenshot(context, 'metrics');
      await panel.locator('#compare').getByRole('button', { name: 'Markdown' }).click();
      await workbench.page.locator('.statusbar-item', { hasText: 'Copied' }).waitFor();
    },
  ],
  [
    'the affinity panel has the matrix and the embedding, by PCA and by UMAP',
    async (context) => {
      const { workbench } = context;
      await (await workbench.panel('time')).getByRole('button', { name: 'Affinity' }).click();
      const panel = await workbench.inPanel('affinity', 'canvas');
      await reads(workbench, 'affinity', 'main', /30 Dec 2008/);
      await panel.getByText('UMAP', { exact: true }).first().click();
      await workbench.page.waitForTimeout(3000);
      await screenshot(context, 'affinity');
    },
  ],
  [
    'a picture is saved where the user says',
    async ({ workbench, folder }) => {
      const panel = await workbench.panel('time');
      await panel.locator('#ribbon-section').getByRole('button', { name: /SVG/ }).click();
      const input = workbench.quickInput.locator('input').first();
      await input.waitFor();
      const target = path.join(folder, 'ribbon.svg');
      // The dialog proposes a name beside the run's files once it has looked at the folder.
      await workbench.page.waitForFunction(() =>
        globalThis.document.querySelector('.quick-input-widget input')?.value.endsWith('.svg'),
      );
      await input.fill(target);
      await workbench.page.waitForTimeout(500);
      await input.press('Enter');
      for (let wait = 0; !fs.existsSync(target) && wait < 100; wait++)
        await workbench.page.waitForTimeout(100);
      const svg = fs.readFileSync(target, 'utf8');
      assert.ok(svg.includes('<svg xmlns="http://www.w3.org/2000/svg"') && svg.trimEnd().endsWith('</svg>'));
      // Colours of the theme are written out: outside VS Code there are no variables.
      assert.ok(svg.includes('fill="#0072b2"') && !svg.includes('var(--'), svg.slice(0, 500));
    },
  ],
  [
    'every panel follows the theme',
    async (context) => {
      const { workbench } = context;
      const seen = new Set();
      for (const theme of ['Light Modern', 'Dark High Contrast', 'Dark Modern']) {
        await workbench.setTheme(theme);
        for (const kind of ['maps', 'metrics', 'affinity']) {
          await (await workbench.panel('time')).locator(`[data-action="open"][data-panel="${kind}"]`).click();
          await workbench.inPanel(kind, 'main[data-state="finished"]');
          if (kind === 'maps') await clusterMaps(workbench, K);
          await workbench.page.waitForTimeout(700);
          await screenshot(context, `${kind} ${theme}`);
          for (const shown of ['time', kind]) {
            const panel = await workbench.panel(shown);
            seen.add(
              await panel
                .locator('body')
                .evaluate((body) => globalThis.getComputedStyle(body).backgroundColor),
            );
          }
        }
      }
      assert.deepEqual([...seen], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'rgb(31, 31, 31)']);
    },
  ],
  [
    'a reload of the window brings back the panels as they were',
    async (context) => {
      const { workbench } = context;
      await (await workbench.panel('time')).locator('[data-action="open"][data-panel="maps"]').click();
      const before = await clusterMaps(workbench, K);
      await workbench.reload();
      await workbench.inPanel('time', 'main[data-state="finished"] .ribbon[data-steps="366"]');
      // Anomalies, as it was left.
      assert.deepEqual(await clusterMaps(workbench, K), before);
      await screenshot(context, 'restored panels');
    },
  ],
  [
    'the variables of the file can be looked at before they are clustered',
    async (context) => {
      const { workbench } = context;
      await workbench.fromContextMenu(SAMPLE, 'Preview Variables');
      const panel = await workbench.inPanel('preview', '[role="treeitem"]');
      for (const name of ['air', 'tmax', 'prate', 'lat']) {
        await panel
          .getByRole('treeitem', { name: new RegExp(`\\b${name}\\b`) })
          .first()
          .waitFor();
      }
      await panel.locator('canvas[role="img"][aria-label]').first().waitFor();
      await screenshot(context, 'preview');
    },
  ],
];
