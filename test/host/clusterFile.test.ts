import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ClusterOutcome } from '../../src/commands/clusterFile';
import { readHostSettings } from '../../src/settings';
import { sample, until, withSetting, workspaceFile } from './support';

const FILES = [
  'run.json',
  'labels.csv',
  'result.nc',
  'metrics.json',
  'history.csv',
  'model.safetensors',
  'encoder.onnx',
  'report.html',
];

/** The command as other code calls it, without questions. */
function cluster(file: vscode.Uri, options: Record<string, unknown>): Promise<ClusterOutcome> {
  return Promise.resolve(
    vscode.commands.executeCommand('climateClustering.clusterFile', file, [file], options),
  ) as Promise<ClusterOutcome>;
}

function runs(): string[] {
  const folder = sample().fsPath.replace(/\.nc$/, '.clusters');
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

function runFile(directory: string, name: string): string {
  return readFileSync(path.join(directory, name), 'utf8');
}

/** Tabs of time panels. */
function panels(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('climateClustering.time'),
    )
    .map(({ label }) => label);
}

describe('clustering a file', () => {
  it('runs to the end and leaves every file of the run', async function () {
    this.timeout(300_000);
    const outcome = await cluster(sample(), { fields: ['air', 'prate'], clusters: 4, seed: 2 });
    assert.equal(outcome.message, undefined);
    assert.equal(outcome.state, 'finished');
    const directory = outcome.runDirectory!;
    assert.equal(path.dirname(directory), sample().fsPath.replace(/\.nc$/, '.clusters'));
    for (const name of FILES) {
      assert.ok(statSync(path.join(directory, name)).size > 0, `${name} is empty`);
    }
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('checkpoint')),
      [],
      'a finished run needs no checkpoint',
    );

    const [header, ...rows] = runFile(directory, 'labels.csv').trim().split('\n');
    assert.equal(header, 'time,label,probability,q0,q1,q2,q3');
    assert.equal(rows.length, 366);
    assert.match(rows[59], /^2008-02-29/);
    const run = JSON.parse(runFile(directory, 'run.json')) as {
      state: string;
      config: { seed: number; variables: string[]; hyperParameters: Record<string, unknown> };
    };
    assert.equal(run.state, 'finished');
    assert.equal(run.config.seed, 2);
    assert.deepEqual(run.config.variables, ['air', 'prate']);
    // From the workspace's settings.
    assert.equal(run.config.hyperParameters['model.widthFactor'], 0.03125);
    assert.equal(run.config.hyperParameters['clusters'], 4);
    assert.deepEqual(panels(), [`Clusters: ${path.basename(sample().fsPath)}`]);
  });

  it('clusters the fields of several files together, in a process of its own', async function () {
    this.timeout(300_000);
    // A second file of the same times and grid, whose precipitation has another name of the same length.
    const second = workspaceFile('second.nc');
    const bytes = readFileSync(sample().fsPath);
    bytes.write('pratf', bytes.indexOf('prate'));
    writeFileSync(second.fsPath, bytes);
    let outcome!: ClusterOutcome;
    await withSetting('trainer.isolation', 'process', async () => {
      assert.equal(readHostSettings(undefined)['trainer.isolation'], 'process');
      outcome = await vscode.commands.executeCommand(
        'climateClustering.clusterFile',
        sample(),
        [sample(), second],
        {
          fields: ['prate', 'pratf'],
          clusters: 2,
          hyperParameters: { 'training.warmupEpochs': 1, 'training.adversarialEpochs': 0 },
        },
      );
    });
    assert.equal(outcome.message, undefined);
    assert.equal(outcome.state, 'finished');
    const run = JSON.parse(runFile(outcome.runDirectory!, 'run.json')) as {
      inputs: unknown[];
      data: { fields: { name: string }[] };
    };
    assert.equal(run.inputs.length, 2);
    assert.deepEqual(
      run.data.fields.map(({ name }) => name),
      ['prate', 'pratf'],
    );
  });

  it('leaves a cancelled run resumable, and resumes it to the end', async function () {
    this.timeout(300_000);
    const before = new Set(runs());
    const ended = cluster(sample(), {
      fields: ['air'],
      clusters: 3,
      hyperParameters: { 'training.warmupEpochs': 1000 },
    });
    const mine = (): string | undefined => runs().find((directory) => !before.has(directory));
    const checkpoint = (): boolean =>
      mine() !== undefined && existsSync(path.join(mine()!, 'checkpoint.safetensors'));
    await until(checkpoint, 'a first checkpoint', 120);
    await vscode.commands.executeCommand('climateClustering.cancelRun');
    const outcome = await ended;
    assert.equal(outcome.state, 'interrupted');
    assert.equal(outcome.runDirectory, mine());
    assert.ok(checkpoint());
    assert.equal((JSON.parse(runFile(mine()!, 'run.json')) as { state: string }).state, 'interrupted');

    // Resumed, it goes on where it was, and can be cancelled again.
    const written = (): number => statSync(path.join(mine()!, 'checkpoint.safetensors')).mtimeMs;
    const last = written();
    const resumed = vscode.commands.executeCommand(
      'climateClustering.resumeRun',
      mine(),
    ) as Thenable<ClusterOutcome>;
    await until(() => written() > last, 'another checkpoint after the resume', 120);
    await vscode.commands.executeCommand('climateClustering.cancelRun');
    assert.equal((await resumed).state, 'interrupted');
  });

  it('resumes a run to its end', async function () {
    this.timeout(300_000);
    const before = new Set(runs());
    const ended = cluster(sample(), { fields: ['air'], clusters: 3 });
    const mine = (): string | undefined => runs().find((directory) => !before.has(directory));
    await until(
      () => mine() !== undefined && existsSync(path.join(mine()!, 'checkpoint.safetensors')),
      'a first checkpoint',
      120,
    );
    await vscode.commands.executeCommand('climateClustering.cancelRun');
    assert.equal((await ended).state, 'interrupted');
    const resumed = (await vscode.commands.executeCommand(
      'climateClustering.resumeRun',
      mine(),
    )) as ClusterOutcome;
    assert.equal(resumed.state, 'finished');
    assert.equal(resumed.runDirectory, mine());
    for (const name of FILES) assert.ok(existsSync(path.join(mine()!, name)), name);
    assert.equal(runFile(mine()!, 'history.csv').trim().split('\n').length - 1, 7);
  });

  it('says what is wrong with a damaged file, and goes on working', async () => {
    const outcome = await cluster(workspaceFile('cut-off.nc'), { fields: ['air'] });
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.message!, /cut-off\.nc/);
    assert.doesNotMatch(outcome.message!, /\n\s+at /, 'no stack in front of the user');
  });

  it('says which field is not there', async () => {
    const outcome = await cluster(sample(), { fields: ['precipitation'] });
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.message!, /precipitation/);
    assert.match(outcome.message!, /air/);
  });

  it('refuses options it does not know before anything runs', async () => {
    const before = runs().length;
    assert.equal(await cluster(sample(), { fields: ['air'], clusterz: 3 }), undefined);
    assert.equal(await cluster(sample(), { fields: ['air'], clusters: 1 }), undefined);
    assert.equal(runs().length, before);
  });
});
