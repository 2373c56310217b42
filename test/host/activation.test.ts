import assert from 'node:assert/strict';
import path from 'node:path';
import { createRequire } from 'node:module';
import * as vscode from 'vscode';

// The bundle of these tests is CommonJS, and shares its cache of modules with the extension.
const load = createRequire(__filename);

const ID = 'climate-clustering.climate-clustering';

describe('activation', () => {
  it('loads nothing native, and its code in less than 50 ms', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not installed`);
    await extension.activate();
    assert.ok(extension.isActive);
    const native = Object.keys(load.cache).filter((file) => /onnxruntime|h5wasm|\.node$/.test(file));
    assert.deepEqual(native, []);

    // Fetching a bundle anew takes what it took at activation; the shortest of many is free of the machine's noise.
    const bundle = path.join(extension.extensionPath, 'dist', 'extension.js');
    const times = Array.from({ length: 20 }, () => {
      delete load.cache[bundle];
      const before = performance.now();
      load(bundle);
      return performance.now() - before;
    });
    console.log(`    loaded in ${Math.min(...times).toFixed(1)} ms`);
    assert.ok(Math.min(...times) < 50, `loaded in ${times.map(Math.round).join(', ')} ms`);
  });

  it('registers every command of the manifest', async () => {
    const manifest = vscode.extensions.getExtension(ID)!.packageJSON as {
      contributes: { commands: { command: string; title: string }[] };
    };
    const registered = await vscode.commands.getCommands(true);
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.equal(contributed.length, 21);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
    assert.ok(manifest.contributes.commands.every(({ title }) => !title.startsWith('%')));
  });
});
