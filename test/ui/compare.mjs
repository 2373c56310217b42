/** A user compares methods on the sample: from the explorer's context menu to the table, and after a reload. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SAMPLE } from '../workbench/workspace.mjs';
import { openedWorkspace, screenshot } from './openedWorkspace.mjs';

export const title = 'comparing methods by hand';

export const setUp = () => openedWorkspace();

/** Waits for the next question. */
function asks(workbench, words) {
  return workbench.page.waitForFunction(
    (text) => globalThis.document.querySelector('.quick-input-title')?.textContent?.includes(text),
    words,
  );
}

/** Titles of the methods in the first table of the panel. */
const methodsIn = (panel) => panel.locator('#means tbody th').allTextContents();

export const steps = [
  [
    'the context menu asks for fields and K, as for a run',
    async ({ workbench }) => {
      await workbench.fromContextMenu(SAMPLE, 'Compare Methods...');
      await asks(workbench, 'Compare Methods: fields');
      await workbench.quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await workbench.page.keyboard.press('Enter');
      await asks(workbench, 'number of clusters (2/4)');
      await workbench.quickInput.locator('input').last().fill('3');
      await workbench.page.keyboard.press('Enter');
    },
  ],
  [
    'then for methods, the quick ones chosen, each with where it was published',
    async (context) => {
      const { workbench } = context;
      const { page, quickInput } = workbench;
      await asks(workbench, 'methods (3/4)');
      const row = (text) => quickInput.locator('.quick-input-list .monaco-list-row', { hasText: text });
      await row('Lloyd (1982)').waitFor();
      await screenshot(context, 'pick-methods');
      const input = quickInput
        .locator('.quick-input-filter input[type="text"], .quick-input-box input')
        .first();
      // The box of all: once for every method, and again for none.
      const all = quickInput.locator('.quick-input-header .monaco-checkbox').first();
      await all.click();
      await all.click();
      for (const reference of ['Lloyd (1982)', 'Ward (1963)']) {
        await input.fill(reference);
        await row(reference).first().locator('.monaco-checkbox').click();
      }
      await input.fill('');
      await page.keyboard.press('Enter');
    },
  ],
  [
    'then for seeds, refusing what are none',
    async ({ workbench }) => {
      await asks(workbench, 'seeds (4/4)');
      const input = workbench.quickInput.locator('input').last();
      assert.equal(await input.inputValue(), '5');
      await input.fill('many');
      await workbench.quickInput.getByText('The seeds are "many"').waitFor();
      await input.fill('2');
      await workbench.page.keyboard.press('Enter');
    },
  ],
  [
    'a panel opens and has the whole table when all fits have ended',
    async (context) => {
      const { workbench, folder } = context;
      const panel = await workbench.inPanel('comparison', 'main[data-state="finished"]', 120_000);
      assert.deepEqual((await methodsIn(panel)).sort(), ['Ward', 'k-means']);
      await panel.getByText('All 3 fits have ended.').waitFor();
      assert.equal(await panel.locator('#seeds svg.chart').count(), 7);
      const [name] = fs
        .readdirSync(path.join(folder, SAMPLE.replace('.nc', '.clusters')))
        .filter((one) => one.startsWith('compare-'));
      const file = path.join(folder, SAMPLE.replace('.nc', '.clusters'), name, 'table.md');
      const written = fs.readFileSync(file, 'utf8');
      // What is seen is what is on disk.
      const seen = await panel
        .locator('#means tbody tr', { hasText: 'Ward' })
        .locator('td')
        .allTextContents();
      for (const value of seen)
        assert.ok(written.includes(value.replace(', best', '').replace('−', '-')), value);
      await screenshot(context, 'comparison');
    },
  ],
  [
    'the panel comes back after a reload of the window',
    async (context) => {
      const { workbench } = context;
      await workbench.reload();
      const panel = await workbench.inPanel('comparison', 'main[data-state="finished"]', 120_000);
      assert.deepEqual((await methodsIn(panel)).sort(), ['Ward', 'k-means']);
      await workbench.setTheme('Light Modern');
      await workbench.inPanel('comparison', '#means tbody th');
      await screenshot(context, 'comparison-light');
    },
  ],
];
