import * as vscode from 'vscode';
import type { DeviceReport } from '../core/devices/report';
import { engineEnvironment, readHostSettings } from '../settings';
import { devicesMarkdown } from './devicesMarkdown';
import type { Command } from './services';

const SCHEME = 'climate-clustering-devices';
const document = vscode.Uri.from({ scheme: SCHEME, path: '/Compute Devices.md' });

/** The document's text, and the announcement that there is a new one. */
class DevicesDocument implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private text = '';

  show(report: DeviceReport): void {
    this.text = devicesMarkdown(report);
    this.changed.fire(document);
  }

  provideTextDocumentContent(): string {
    return this.text;
  }
}

let provider: DevicesDocument | undefined;

/**
 * `climateClustering.showComputeDevices({ refresh? })`: what this machine can compute with, as a document. The engines
 * are tried where that was not done before; asked for from a report, they are tried anew.
 */
export const showComputeDevices: Command = {
  id: 'showComputeDevices',
  async run({ log }, given): Promise<DeviceReport> {
    const { refresh = false } = (given as { refresh?: boolean } | undefined) ?? {};
    const { reportDevices } = await import('../core/devices/report');
    const report = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Compute devices' },
      (progress) =>
        reportDevices({
          refresh,
          environment: { ...process.env, ...engineEnvironment(readHostSettings(undefined)) },
          progress: (engine) => progress.report({ message: `trying ${engine}...` }),
        }),
    );
    report.warnings.forEach((warning) => log.warn(warning));
    if (!provider) {
      provider = new DevicesDocument();
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider);
    }
    provider.show(report);
    void offerRefresh(report, refresh);
    await vscode.commands.executeCommand('markdown.showPreview', document);
    return report;
  },
};

/** What is shown may have been measured long ago, or while the machine was busy. */
async function offerRefresh({ measured }: DeviceReport, refreshed: boolean): Promise<void> {
  if (refreshed || !measured || Date.now() - Date.parse(measured) < 60_000) return;
  const again = 'Measure Again';
  const answer = await vscode.window.showInformationMessage(
    `The speeds were measured on ${measured.slice(0, 10)}.`,
    again,
  );
  if (answer === again)
    await vscode.commands.executeCommand('climateClustering.showComputeDevices', { refresh: true });
}
