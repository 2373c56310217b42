import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const ID = 'climate-clustering.climate-clustering';

describe('activation', () => {
  it('takes less than 50 ms and loads nothing native', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not installed`);
    const before = performance.now();
    await extension.activate();
    const elapsed = performance.now() - before;
    assert.ok(extension.isActive);
    const native = Object.keys(require.cache).filter((file) => /onnxruntime|h5wasm|\.node$/.test(file));
    assert.deepEqual(native, []);
    console.log(`    activated in ${elapsed.toFixed(0)} ms`);
  });

  it('registers every command of the manifest', async () => {
    const manifest = vscode.extensions.getExtension(ID)!.packageJSON as {
      contributes: { commands: { command: string; title: string }[] };
    };
    const registered = await vscode.commands.getCommands(true);
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.equal(contributed.length, 6);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
    assert.ok(manifest.contributes.commands.every(({ title }) => !title.startsWith('%')));
  });
});
