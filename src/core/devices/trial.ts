/** A trial of an engine, in a process of its own: a driver that fails takes only that one along. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Driver } from './drivers';
import type { Problem } from './problems';

/** What a trial is to do: `list` only makes ONNX Runtime name the hardware in its log. */
export type TrialRequest =
  | { readonly task: 'list' }
  | { readonly task: 'measure'; readonly engine: TrialEngine; readonly threads?: readonly number[] };
export type TrialEngine = 'cpu' | 'webgpu' | 'cuda' | 'tensorflow';

/** What a trial tells, as it goes on: what it has measured stands also when it ends early. */
export type TrialMessage =
  | { readonly kind: 'runtime'; readonly onnxruntime: string }
  | { readonly kind: 'engine'; readonly description: string }
  | { readonly kind: 'drivers'; readonly drivers: readonly Driver[] }
  | {
      readonly kind: 'speed';
      readonly problem: Problem;
      readonly stepsPerSecond: number;
      /** Of the first step: what all engines must agree on. */
      readonly loss: number;
      readonly threads?: number;
    }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'done' };

export interface TrialOutcome {
  readonly messages: readonly TrialMessage[];
  /** What it and the native code in it printed. */
  readonly log: string;
  /** Why it did not come to its end: "signal SIGSEGV", "took longer than 6 s". */
  readonly failure?: string;
}

/** dist/trial.js beside the running bundle. */
export const trialScript = path.join(__dirname, 'trial.js');

export interface TrialOptions {
  /** The script of the trials; dist/trial.js by default. */
  readonly script?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** When aborted, the trial is ended. */
  readonly signal?: AbortSignal;
}

/** Runs a trial of at most `seconds`. Never rejects. */
export function runTrial(
  request: TrialRequest,
  seconds: number,
  { script = trialScript, environment = process.env, signal }: TrialOptions = {},
): Promise<TrialOutcome> {
  const messages: TrialMessage[] = [];
  let log = '';
  if (!existsSync(script)) return Promise.resolve({ messages, log, failure: `${script} is missing` });
  return new Promise((resolve) => {
    const child = fork(script, [JSON.stringify(request)], {
      execArgv: [],
      // Inside VS Code the executable is Electron, which is Node only when told so.
      env: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const keep = (data: Buffer): void => void (log = (log + data.toString()).slice(-1_000_000));
    child.stdout!.on('data', keep);
    child.stderr!.on('data', keep);
    let failure: string | undefined;
    const stop = (why: string): void => {
      failure = why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(stop, seconds * 1000, `took longer than ${Math.round(seconds)} s`);
    const abort = (): void => stop('stopped');
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ messages, log, failure });
    };
    child.on('message', (message) => void messages.push(message as TrialMessage));
    child.on('error', (error) => {
      failure ??= error.message;
      if (child.pid === undefined) end();
    });
    child.on('exit', (code, signal) => {
      // Once it is done, how it ends is nobody's concern: some drivers fail at that.
      if (messages.some(({ kind }) => kind === 'done' || kind === 'refused')) return;
      failure ??= signal ? `signal ${signal}` : `exit code ${code}`;
    });
    child.on('close', end);
  });
}
