import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ComparisonOutcome } from '../../src/commands/followComparison';
import type { ExtensionApi } from '../../src/extension';
import { sample, until } from './support';

function compare(options: Record<string, unknown>): Promise<ComparisonOutcome> {
  return Promise.resolve(
    vscode.commands.executeCommand('climateClustering.compareMethods', sample(), [sample()], options),
  ) as Promise<ComparisonOutcome>;
}

const folder = (): string => sample().fsPath.replace(/\.nc$/, '.clusters');
const comparisons = (): string[] =>
  existsSync(folder())
    ? readdirSync(folder())
        .filter((name) => name.startsWith('compare-'))
        .map((name) => path.join(folder(), name))
    : [];

/** Tabs of comparisons. */
const tabs = (): string[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('climateClustering.comparison'),
    )
    .map(({ label }) => label);

async function api(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('climate-clustering.climate-clustering')!;
  return extension.activate();
}

describe('comparing methods', () => {
  it('runs to the end, leaves every table and shows them', async function () {
    this.timeout(300_000);
    const outcome = await compare({ fields: ['air'], clusters: 3, methods: 'k-means,ward', seeds: '2' });
    assert.equal(outcome.message, undefined);
    assert.equal(outcome.state, 'finished');
    const directory = outcome.directory!;
    assert.equal(path.dirname(directory), folder());
    for (const name of [
      'comparison.csv',
      'table.csv',
      'best.csv',
      'agreement.csv',
      'labels.csv',
      'table.md',
      'table.tex',
    ])
      assert.ok(existsSync(path.join(directory, name)), name);
    const rows = readFileSync(path.join(directory, 'comparison.csv'), 'utf8').trim().split('\n');
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(',').slice(0, 5).join(',')),
      ['k-means,,k-means,1,done', 'k-means,,k-means,2,done', 'ward,,Ward,1,done'],
    );
    await until(() => tabs().includes(`Methods: ${path.basename(sample().fsPath)}`), 'the panel');
  });

  it('is no run in the history', async () => {
    const { history } = await api();
    const listed = (await history.list()).flatMap(({ runs }) => runs.map((run) => run.directory));
    assert.deepEqual(
      listed.filter((directory) => directory?.includes('compare-')),
      [],
    );
  });

  it('can be cancelled, and resumed to its end', async function () {
    this.timeout(300_000);
    const before = new Set(comparisons());
    const ended = compare({ fields: ['air'], clusters: 3, methods: 'k-means', seeds: '5' });
    const mine = (): string | undefined => comparisons().find((directory) => !before.has(directory));
    const fits = (): number =>
      mine() && existsSync(path.join(mine()!, 'fits')) ? readdirSync(path.join(mine()!, 'fits')).length : 0;
    await until(() => fits() >= 1, 'a first fit', 120);
    const services = await api();
    const active = services.comparisons.active(mine()!);
    assert.ok(active, 'the comparison goes on');
    services.comparisons.cancel(active.id);
    const outcome = await ended;
    assert.equal(outcome.state, 'interrupted');
    assert.ok(fits() < 5);
    const kept = fits();
    assert.ok(!existsSync(path.join(mine()!, 'table.md')));

    const resumed = (await vscode.commands.executeCommand(
      'climateClustering.resumeComparison',
      mine(),
    )) as ComparisonOutcome;
    assert.equal(resumed.state, 'finished');
    assert.ok(kept >= 1);
    assert.equal(fits(), 5);
    assert.ok(existsSync(path.join(mine()!, 'table.md')));
  });

  it('says what is wrong before anything runs', async () => {
    const before = comparisons().length;
    assert.equal(await compare({ fields: ['air'], methods: 'kmeans' }), undefined);
    assert.equal(await compare({ fields: ['air'], seeds: 'many' }), undefined);
    assert.equal(await compare({ fields: ['air'], method: 'k-means' }), undefined);
    assert.equal(comparisons().length, before);
    const outcome = await compare({ fields: ['precipitation'], methods: 'ward' });
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.message!, /precipitation/);
    assert.equal(comparisons().length, before);
  });
});
