import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ClusterChoice } from '../../src/core/choose/choice';
import { sample, until } from './support';

function choose(file: vscode.Uri, options: Record<string, unknown>): Promise<ClusterChoice | undefined> {
  return Promise.resolve(
    vscode.commands.executeCommand('climateClustering.chooseClusters', file, [file], options),
  ) as Promise<ClusterChoice | undefined>;
}

function panels(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('climateClustering.choose'),
    );
}

describe('choosing the number of clusters', () => {
  const data = { fields: ['air'], time: ['2008-01-01', '2008-04-30'] };
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is done beside the extension host, and shown in a panel that stays', async function () {
    this.timeout(240_000);
    let turns = 0;
    const timer = setInterval(() => turns++, 100);
    const began = Date.now();
    const choice = await choose(sample(), { ...data, most: 5 });
    clearInterval(timer);
    assert.equal(choice?.most, 5);
    assert.equal(choice.of, 121);
    assert.ok(choice.recommendation.clusters >= 2);
    // The host was free all the time.
    assert.ok(turns > (0.3 * (Date.now() - began)) / 100, `${turns} turns in ${Date.now() - began} ms`);
    assert.deepEqual(
      panels().map(({ label }) => label),
      ['Number of Clusters: ncep_r1_hornafrica_daily_2008.nc'],
    );
  });

  it('stops when its panel is closed', async () => {
    const choice = choose(sample(), { fields: ['air'] });
    await until(() => panels().length === 1, 'the panel');
    await vscode.window.tabGroups.close(panels());
    assert.equal(await choice, undefined);
  });
});
