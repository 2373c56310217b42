/** The two places beside the host where a script of ours can run, behind one interface. */
import { fork } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { endOfProcess, endOfThread, LastWords, type Ending } from './ending';
import type { Channel } from './rpc';

export type Isolation = 'thread' | 'process';

/** A script that runs. */
export interface RunningScript extends Channel {
  /** The thread that runs it, as in the lock of a run. */
  readonly holder: { readonly pid: number; readonly thread: number };
  /** Resolves when it has ended, for whatever reason. Never rejects. */
  readonly ended: Promise<Ending>;
  /** Ends it by force. A thread must be idle then: to stop one inside native code can take the whole process along. */
  kill(): void;
}

/** Starts the script `entry`, with `environment` added to that of this process; `line` receives what it prints. */
export function start(
  isolation: Isolation,
  entry: string,
  line: (text: string) => void,
  environment: Readonly<Record<string, string>> = {},
): RunningScript {
  const env = { ...process.env, ...environment };
  return isolation === 'thread' ? startThread(entry, line, env) : startProcess(entry, line, env);
}

function startThread(entry: string, line: (text: string) => void, env: NodeJS.ProcessEnv): RunningScript {
  // No execArgv: flags of the host (--inspect, limits of its heap) are not meant for it.
  const worker = new Worker(entry, {
    execArgv: [],
    env,
    stdout: true,
    stderr: true,
    name: path.basename(entry, '.js'),
  });
  forward(worker.stdout, line);
  forward(worker.stderr, line);
  const ended = new Promise<Ending>((resolve) => {
    let thrown: Error | undefined;
    worker.on('error', (error) => (thrown = error as Error));
    worker.on('exit', (code) => resolve(endOfThread(code, thrown)));
  });
  return {
    holder: { pid: process.pid, thread: worker.threadId },
    ended,
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    kill: () => void worker.terminate(),
  };
}

function startProcess(entry: string, line: (text: string) => void, env: NodeJS.ProcessEnv): RunningScript {
  const child = fork(entry, [], {
    execArgv: [],
    // Inside VS Code the executable is Electron, which is Node only when told so.
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Structured clone, as between threads: typed arrays stay typed arrays.
    serialization: 'advanced',
  });
  const lastWords = new LastWords();
  forward(child.stdout!, line);
  forward(child.stderr!, (text) => {
    lastWords.add(text);
    line(text);
  });
  const ended = new Promise<Ending>((resolve) => {
    child.on('error', (error) => resolve({ reason: error.message, cause: 'error' }));
    const end = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(endOfProcess(code, signal, lastWords));
    child.on('close', end);
    // What it has printed arrives until "close", which a process of its own that lives on would keep from coming.
    child.on('exit', (code, signal) => setTimeout(end, 2_000, code, signal).unref());
  });
  return {
    // No number: it could not be started.
    holder: { pid: child.pid ?? 0, thread: 0 },
    ended,
    // A message to a process that is gone is dropped: its end is reported by `ended`.
    post: (message) => void (child.connected && child.send(message as object, () => {})),
    onMessage: (listener) => void child.on('message', listener),
    kill: () => void child.kill('SIGKILL'),
  };
}

function forward(stream: Readable, line: (text: string) => void): void {
  createInterface({ input: stream }).on('line', line);
}
