/** A user chooses the number of clusters of the sample: from the explorer's context menu to a run, with reloads between. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SAMPLE } from '../workbench/workspace.mjs';
import { openedWorkspace, screenshot } from './openedWorkspace.mjs';

export const title = 'choosing the number of clusters by hand';

export const setUp = () => openedWorkspace();

/** From the menu to the panel that is at work. */
async function begin(workbench) {
  await workbench.fromContextMenu(SAMPLE, 'Choose Number of Clusters...');
  await workbench.quickInput.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await workbench.page.keyboard.press('Enter');
  return workbench.inPanel('choose', 'main[data-stage="working"]');
}

/** What is seen of a choice: the verdict, the pictures and all values. */
const shownIn = async (panel) => ({
  verdict: await panel.locator('#words').innerHTML(),
  pictures: await panel.locator('#charts svg').evaluateAll((all) => all.map((one) => one.ariaLabel)),
  table: await panel.locator('#table .scroll').innerHTML(),
});

const settingsOf = (folder) =>
  JSON.parse(fs.readFileSync(path.join(folder, '.vscode', 'settings.json'), 'utf8'));

/** Waits until `find` finds something, for up to a minute. */
async function eventually(find, what) {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`There is no ${what}.`);
}

export const steps = [
  [
    'work that the closing window ends is stopped, and says why',
    async (context) => {
      const { workbench } = context;
      await begin(workbench);
      await workbench.reload();
      const panel = await workbench.inPanel('choose', 'main[data-stage="stopped"]');
      await panel.getByText('The window was closed before there was a result.').waitFor();
      await screenshot(context, 'choose-stopped');
    },
  ],
  [
    'it begins again when it is asked to, and comes to a choice',
    async (context) => {
      const { workbench } = context;
      await (await workbench.panel('choose')).getByRole('button', { name: 'Try Again' }).click();
      await workbench.inPanel('choose', 'main[data-stage="working"]');
      const panel = await workbench.inPanel('choose', 'main[data-stage="done"]', 240_000);
      context.shown = await shownIn(panel);
      assert.match(context.shown.verdict, /K = \d+/);
      assert.equal(context.shown.pictures.length, 4);
      await screenshot(context, 'choose');
    },
  ],
  [
    'the choice comes back after a reload, without the data being read',
    async (context) => {
      const { workbench, folder } = context;
      const away = path.join(folder, 'away.nc');
      fs.renameSync(path.join(folder, SAMPLE), away);
      await workbench.reload();
      const panel = await workbench.inPanel('choose', 'main[data-stage="done"]');
      await panel.locator('#charts svg').first().waitFor();
      assert.deepEqual(await shownIn(panel), context.shown);
      fs.renameSync(away, path.join(folder, SAMPLE));
      await screenshot(context, 'choose-restored');
    },
  ],
  [
    'it comes back after another one, too, and K becomes the default from it',
    async ({ workbench, folder }) => {
      await workbench.reload();
      const panel = await workbench.inPanel('choose', 'main[data-stage="done"]');
      await panel.locator('#clusters').selectOption('4');
      await panel.getByRole('button', { name: 'Make K = 4 the default' }).click();
      await panel.getByText('The default is 4.').waitFor();
      assert.equal(settingsOf(folder)['climateClustering.clusters'], 4);
    },
  ],
  [
    'the data are clustered from it with the recommended K, and the run keeps how it was chosen',
    async (context) => {
      const { workbench, folder } = context;
      const panel = await workbench.inPanel('choose', 'main[data-stage="done"]');
      const recommended = await panel
        .locator('#clusters option', { hasText: 'recommended' })
        .getAttribute('value');
      await panel.locator('#clusters').selectOption(recommended);
      await panel.getByRole('button', { name: `Cluster with K = ${recommended}` }).click();
      await workbench.inPanel('time', 'main[data-state="running"]');
      const clusters = path.join(folder, SAMPLE.replace('.nc', '.clusters'));
      const file = await eventually(() => {
        const [run] = fs.existsSync(clusters) ? fs.readdirSync(clusters) : [];
        const json = run && path.join(clusters, run, 'run.json');
        return json && fs.existsSync(json) ? json : undefined;
      }, 'run.json');
      const { config } = JSON.parse(fs.readFileSync(file, 'utf8'));
      assert.equal(config.hyperParameters.clusters, Number(recommended));
      assert.equal(config.clusterChoice.recommendation.clusters, Number(recommended));
      assert.ok(context.shown.verdict.includes(`K = ${recommended}`));
    },
  ],
  [
    'a choice that is made while another tab is in front comes back, too',
    async (context) => {
      const { workbench } = context;
      const { page } = workbench;
      await workbench.runCommand('View: Close All Editors');
      const panel = await begin(workbench);
      await workbench.runCommand('Help: Welcome');
      await page.locator('.gettingStartedContainer').waitFor();
      // Its page is hidden, but there.
      await panel.locator('main[data-stage="done"]').waitFor({ state: 'attached', timeout: 240_000 });
      await workbench.reload();
      await page.locator('.tab', { hasText: `Number of Clusters: ${SAMPLE}` }).click();
      await workbench.inPanel('choose', 'main[data-stage="done"]');
    },
  ],
];
