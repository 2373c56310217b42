import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultHyperParameters, hyperParameterKeys } from '../../src/core/config';
import { SettingError, readHostSettings, readHyperParameters, runConfig } from '../../src/settings';
import { sample, withSetting } from './support';

describe('settings', () => {
  it('are the defaults of the table where nothing is set', () => {
    const expected = defaultHyperParameters();
    const settings = vscode.workspace.getConfiguration('climateClustering');
    for (const key of hyperParameterKeys) {
      const inspected = settings.inspect(key);
      assert.ok(inspected, `package.json lacks the setting ${key}`);
      assert.equal(inspected.defaultValue, expected[key], key);
    }
    assert.equal(readHostSettings(undefined).engine, 'auto');
  });

  it('take what the workspace sets', async () => {
    await withSetting('clusters', 9, () => {
      assert.equal(readHyperParameters(sample()).clusters, 9);
      assert.equal(runConfig([sample()], {}).hyperParameters.clusters, 9);
      // What is chosen for the run goes first.
      assert.equal(runConfig([sample()], { clusters: 3 }).hyperParameters.clusters, 3);
    });
  });

  it('name the setting that is out of range', async () => {
    await withSetting('window.length', 1, () =>
      assert.throws(
        () => readHyperParameters(sample()),
        (error) =>
          error instanceof SettingError &&
          error.setting === 'climateClustering.window.length' &&
          /"climateClustering\.window\.length" is 1; it must be a whole number from 2 to/.test(error.message),
      ),
    );
    await withSetting('engine', 'quantum', () =>
      assert.throws(() => readHostSettings(sample()), /"climateClustering\.engine" is "quantum"/),
    );
    await withSetting('resultsFolder', 'relative/folder', () =>
      assert.throws(() => readHostSettings(sample()), /absolute path/),
    );
  });

  it('keep untrusted workspaces from choosing where and how to run', () => {
    const manifest = vscode.extensions.getExtension('climate-clustering.climate-clustering')!.packageJSON as {
      capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
    };
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.ok(restrictedConfigurations.includes('climateClustering.resultsFolder'));
    assert.ok(restrictedConfigurations.includes('climateClustering.trainer.isolation'));
  });
});
