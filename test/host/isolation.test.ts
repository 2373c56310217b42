import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { ClusterOutcome } from '../../src/commands/clusterFile';
import { asked, sample, until, withSetting } from './support';

/** The trainers' processes of this extension host. */
function trainers(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return (children === '' ? [] : children.split(' '))
    .filter((pid) => existsSync(`/proc/${pid}/cmdline`))
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer.js'))
    .map(Number);
}

function runs(): string[] {
  const folder = sample().fsPath.replace(/\.nc$/, '.clusters');
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

const stateOf = (directory: string): string =>
  (JSON.parse(readFileSync(path.join(directory, 'run.json'), 'utf8')) as { state: string }).state;

// The process is found through /proc.
(process.platform === 'linux' ? describe : describe.skip)('a trainer that is lost (needs Linux)', () => {
  for (const signal of ['SIGKILL', 'SIGSEGV'] as const) {
    it(`${signal}: the window sees a message that offers to resume, and goes on`, async function () {
      this.timeout(300_000);
      const host = process.pid;
      const before = new Set(runs());
      const mine = (): string => runs().find((directory) => !before.has(directory)) ?? '';
      let outcome!: ClusterOutcome;
      const warnings = await asked('Resume', () =>
        withSetting('trainer.isolation', 'process', async () => {
          const ended = vscode.commands.executeCommand<ClusterOutcome>(
            'climateClustering.clusterFile',
            sample(),
            [sample()],
            { fields: ['air'], clusters: 3, hyperParameters: { 'training.warmupEpochs': 20 } },
          );
          await until(
            () => existsSync(path.join(mine(), 'checkpoint.safetensors')) && trainers().length === 1,
            'a first checkpoint',
            120,
          );
          process.kill(trainers()[0], signal);
          outcome = await ended;
          // The answer to the message is to resume: by the command, as a click does.
          await until(() => stateOf(mine()) === 'finished', 'the end of the resumed run', 200);
        }),
      );
      assert.equal(outcome.state, 'interrupted');
      assert.equal(outcome.runDirectory, mine());
      assert.match(outcome.message!, new RegExp(`signal ${signal}`));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0].text, /^Clustering .+\.nc was stopped\. The trainer /);
      assert.deepEqual(warnings[0].actions, ['Resume', 'Show Log']);

      assert.equal(process.pid, host);
      assert.deepEqual(
        readdirSync(mine()).filter((name) => name.endsWith('.tmp') || name.startsWith('checkpoint')),
        [],
      );
      const extension = vscode.extensions.getExtension<ExtensionApi>(
        'climate-clustering.climate-clustering',
      )!;
      assert.ok(extension.isActive);
    });
  }
});
