import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DeviceReport } from '../../src/core/devices/report';

describe('Show Compute Devices', () => {
  it('tries the engines beside the extension host, and shows a document that can only be read', async () => {
    const report = await vscode.commands.executeCommand<DeviceReport | undefined>(
      'climateClustering.showComputeDevices',
      { refresh: true },
    );
    assert.ok(report, 'the command failed');
    assert.equal(report.engines.map(({ engine }) => engine).join(), 'cpu,webgpu,cuda,tensorflow');
    const cpu = report.engines[0];
    assert.ok(cpu.missing === undefined, cpu.missing);
    assert.match(cpu.description ?? cpu.failure ?? '', /^ONNX Runtime .* on the CPU|took longer/);

    const uri = vscode.Uri.from({ scheme: 'climate-clustering-devices', path: '/Compute Devices.md' });
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /^# Compute Devices/);
    for (const { engine } of report.engines) assert.match(text, new RegExp(`\\| \`${engine}\` \\|`));
    assert.ok(text.includes(`\`auto\` takes** ${report.automatic.narrow.engine}.`));
    assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme) ?? false, false);
  });
});
