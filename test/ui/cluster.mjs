/** A user clusters the sample: from the explorer's context menu to the finished panel, and after a reload. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from '../workbench/workbench.mjs';
import { FAST, SAMPLE, createWorkspace } from '../workbench/workspace.mjs';

export const title = 'clustering the sample by hand';

export async function setUp() {
  const workspace = createWorkspace(FAST);
  try {
    const workbench = await Workbench.open(workspace.folder);
    const tearDown = async () => {
      await workbench.close();
      workspace.remove();
    };
    return { context: { workbench, folder: workspace.folder, shots: process.env.SCREENSHOTS }, tearDown };
  } catch (error) {
    workspace.remove();
    throw error;
  }
}

const clustersFolder = (folder) => path.join(folder, SAMPLE.replace('.nc', '.clusters'));

/** Waits for something in the panel; a run that fails meanwhile ends the wait with its own words. */
async function inPanel({ webview }, selector, timeout) {
  const failed = webview.locator('main[data-state="failed"] .state');
  await webview.locator(selector).or(failed).first().waitFor({ timeout });
  if (await failed.isVisible()) throw new Error(`The run failed: ${await failed.textContent()}`);
}

async function screenshot({ workbench, shots }, name) {
  if (shots) await workbench.page.screenshot({ path: path.join(shots, `${name}.png`) });
}

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
    'the panel and the status bar show the run while it trains',
    async (context) => {
      const { workbench } = context;
      await workbench.webview.locator('main[data-state="running"]').waitFor();
      await workbench.page.locator('.statusbar-item', { hasText: /Clustering \d+%/ }).waitFor();
      assert.equal(await workbench.webview.locator('#sizes tbody tr').count(), 5);
      await inPanel(workbench, '.ribbon[data-steps="366"]', 180_000);
      await screenshot(context, 'running');
    },
  ],
  [
    'the finished panel has the ribbon, sizes, metrics and losses',
    async (context) => {
      const { workbench } = context;
      const { webview } = workbench;
      await inPanel(workbench, 'main[data-state="finished"]', 180_000);
      const paths = await webview
        .locator('.ribbon path.cell')
        .evaluateAll((all) => all.map((one) => one.getAttribute('d')));
      assert.equal(paths.join('').split('M').length - 1, 366);
      const sizes = await webview.locator('#sizes tbody tr td:nth-child(3)').allTextContents();
      assert.equal(sizes.length, 5);
      assert.equal(
        sizes.map(Number).reduce((sum, size) => sum + size),
        366,
      );
      const metrics = await webview.locator('#metrics tbody tr td.figure').allTextContents();
      assert.equal(metrics.length, 8);
      for (const text of metrics) assert.match(text, /^−?\d/);
      assert.ok((await webview.locator('#losses figure').count()) >= 2);
      await workbench.page.locator('.statusbar-item', { hasText: 'Clustered' }).waitFor();
      await screenshot(context, 'finished');
    },
  ],
  [
    'the ribbon answers to the keyboard',
    async ({ workbench: { webview, page } }) => {
      const ribbon = webview.getByRole('slider', { name: 'Time ribbon' });
      await ribbon.focus();
      await page.keyboard.press('End');
      assert.match(
        await ribbon.getAttribute('aria-valuetext'),
        /^31 Dec 2008: cluster \d, probability [01]\.\d\d$/,
      );
      await page.keyboard.press('ArrowLeft');
      assert.equal(await ribbon.getAttribute('aria-valuenow'), '364');
      await webview.locator('#segments summary').click();
      await webview.locator('#segments tbody tr').first().waitFor();
      await webview.locator('#segments summary').click();
    },
  ],
  [
    'the panel follows the theme',
    async (context) => {
      const { workbench } = context;
      const background = () =>
        workbench.webview
          .locator('body')
          .evaluate((body) => globalThis.getComputedStyle(body).backgroundColor);
      const seen = new Set();
      for (const theme of ['Light Modern', 'Dark High Contrast', 'Dark Modern']) {
        await workbench.setTheme(theme);
        await workbench.page.waitForTimeout(500);
        seen.add(await background());
        await screenshot(context, `finished ${theme}`);
      }
      assert.deepEqual([...seen], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'rgb(31, 31, 31)']);
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
      context.sizes = await workbench.webview.locator('#sizes').innerHTML();
    },
  ],
  [
    'a reload of the window restores the panel from disk',
    async (context) => {
      const { workbench } = context;
      await workbench.reload();
      await workbench.webview.locator('main[data-state="finished"] .ribbon[data-steps="366"]').waitFor();
      assert.equal(await workbench.webview.locator('#sizes').innerHTML(), context.sizes);
      await screenshot(context, 'restored');
    },
  ],
  [
    'a run that a reload interrupts is shown so, and resumed to its end from the panel',
    async (context) => {
      const { workbench, folder } = context;
      const { page } = workbench;
      const before = new Set(fs.readdirSync(clustersFolder(folder)));
      await workbench.fromContextMenu(SAMPLE, 'Cluster File...');
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() =>
        globalThis.document.querySelector('.quick-input-title')?.textContent?.includes('number of clusters'),
      );
      await page.keyboard.press('Enter');
      const running = workbench.webview.locator('main[data-state="running"]');
      await running.locator('#losses figure').first().waitFor({ timeout: 60_000 });
      await workbench.reload();
      const interrupted = workbench.webview.locator('main[data-state="interrupted"]');
      await interrupted.waitFor();
      await screenshot(context, 'interrupted');
      const [run] = fs.readdirSync(clustersFolder(folder)).filter((name) => !before.has(name));
      assert.ok(fs.existsSync(path.join(clustersFolder(folder), run, 'checkpoint.safetensors')));
      await interrupted.getByRole('button', { name: 'Resume' }).click();
      await inPanel(workbench, 'main[data-state="finished"] .ribbon[data-steps="366"]', 180_000);
      assert.ok(fs.existsSync(path.join(clustersFolder(folder), run, 'report.html')));
    },
  ],
];
