/** Starts the bundled command line as a user does. */
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const sample = path.join(root, 'media/sample/ncep_r1_hornafrica_daily_2008.nc');
export const sharedData = path.resolve(root, '../shared/data');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Bundles of the current sources, in a folder of their own: dist/ may be old, or be written at this moment. */
export class CommandLine {
  private readonly folder = path.join(root, 'out-test', `cli-${process.pid}`);
  readonly script = path.join(this.folder, 'cli.js');

  build(bundles = 'cli,trainer'): void {
    execFileSync(process.execPath, ['esbuild.js', `--outdir=${this.folder}`, `--only=${bundles}`], {
      cwd: root,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(process.execPath, [this.script, ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs to the end; `onStderr` sees everything that was written to standard error so far. */
  async run(
    args: readonly string[],
    onStderr?: (text: string, pid: number) => void,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const begun = performance.now();
    const child = this.start(args, environment);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(stderr, child.pid!);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code, stdout, stderr, seconds: (performance.now() - begun) / 1000 };
  }
}
