/** Somebody who has nothing open yet: the sample, its preview, a run, and what there is when it is stopped at once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Workbench } from '../workbench/workbench.mjs';
import { FAST, SAMPLE } from '../workbench/workspace.mjs';

export const title = 'first use, without a folder';

export async function setUp() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'climate-clustering-first-'));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  try {
    // Where the extension makes its temporary folder.
    // A long warm-up: the run must be stopped before it has labels, however fast the machine.
    const settings = { ...FAST, 'climateClustering.training.warmupEpochs': 200 };
    const workbench = await Workbench.open(undefined, { settings, env: { TMPDIR: folder } });
    const tearDown = async () => {
      await workbench.close();
      remove();
    };
    return { context: { workbench, folder, shots: process.env.SCREENSHOTS }, tearDown };
  } catch (error) {
    remove();
    throw error;
  }
}

const sampleIn = (folder) => path.join(folder, 'climate-clustering-sample', SAMPLE);

export const steps = [
  [
    'the sample is copied, and its variables are shown',
    async ({ workbench, folder, shots }) => {
      await workbench.runCommand('Climate Clustering: Open the Sample');
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'Temporary Folder' }).click();
      const preview = await workbench.inPanel('preview', 'canvas[role="img"][aria-label*="temperature"]');
      assert.ok(fs.existsSync(sampleIn(folder)));
      if (shots) await workbench.page.screenshot({ path: path.join(shots, 'first use.png') });
      await preview.getByRole('button', { name: 'Cluster' }).click();
    },
  ],
  [
    'it is clustered from there, and a run that is stopped in the warm-up says so in every panel',
    async ({ workbench, folder }) => {
      const { page } = workbench;
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() =>
        globalThis.document.querySelector('.quick-input-title')?.textContent?.includes('number of clusters'),
      );
      await page.keyboard.press('Enter');
      const time = await workbench.inPanel('time', 'main[data-state="running"]');
      await time.getByRole('button', { name: 'Cancel' }).click();
      await workbench.inPanel('time', 'main[data-state="interrupted"] .empty-state:not([hidden])');
      for (const kind of ['maps', 'affinity', 'metrics']) {
        await (await workbench.panel('time')).locator(`[data-action="open"][data-panel="${kind}"]`).click();
        const panel = await workbench.inPanel(kind, 'main[data-state="interrupted"]');
        assert.match((await panel.locator('main').innerText()).replace(/\s+/g, ' '), /Interrupted/);
      }
      const runs = fs.readdirSync(sampleIn(folder).replace('.nc', '.clusters'));
      assert.equal(runs.length, 1);
    },
  ],
];
