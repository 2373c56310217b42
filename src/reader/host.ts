/** Starts the reader when something is asked of it, and ends it when nothing has been for a while. Knows nothing of VS Code. */
import path from 'node:path';
import type { PreviewHeader, PreviewMap } from '../core/data/preview';
import type { Ask, AskOf, What } from '../protocol/panel';
import type { ReaderCalls, ReaderRun } from '../protocol/reader';
import { connect } from '../threads/rpc';
import { type RunningScript, start } from '../threads/start';

export interface ReaderHostOptions {
  /** The reader's script; dist/reader.js beside the running bundle by default. */
  readonly entry?: string;
  /** Milliseconds without a call after which the thread is ended, and its memory and files are given back. */
  readonly idle?: number;
  log(message: string): void;
}

interface Running {
  readonly thread: RunningScript;
  readonly calls: Omit<ReaderCalls, 'close'> & { close(): void; $close(error?: Error): void };
}

/** The reader, as the host sees it. A crash fails the calls in flight; the next call starts a new thread. */
export class ReaderHost {
  private running: Running | undefined;
  private timer: NodeJS.Timeout | undefined;
  private inFlight = 0;
  private readonly endings = new Set<Promise<unknown>>();

  constructor(private readonly options: ReaderHostOptions) {}

  /** What a panel asks of a run. */
  answer(run: ReaderRun, ask: Ask): Promise<unknown> {
    return this.call((calls) => {
      const method = calls[ask.what] as (run: ReaderRun, ask: AskOf<What>) => Promise<unknown>;
      return method(run, ask);
    });
  }

  header(file: string): Promise<PreviewHeader> {
    return this.call((calls) => calls.header(file));
  }

  preview(
    file: string,
    variable: string,
    step: number,
    select: Readonly<Record<string, string>>,
  ): Promise<PreviewMap> {
    return this.call((calls) => calls.preview(file, variable, step, select));
  }

  /** Closes the files of a run, so that they can be deleted. */
  async forget(directory: string): Promise<void> {
    if (this.running) await this.call((calls) => calls.forget(directory));
  }

  async dispose(): Promise<void> {
    this.end();
    await Promise.all(this.endings);
  }

  private async call<T>(ask: (calls: Running['calls']) => Promise<T>): Promise<T> {
    clearTimeout(this.timer);
    const { calls } = (this.running ??= this.start());
    this.inFlight++;
    try {
      return await ask(calls);
    } finally {
      if (--this.inFlight === 0) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.end(), this.options.idle ?? 120_000);
        this.timer.unref();
      }
    }
  }

  private start(): Running {
    const { log, entry = path.join(__dirname, 'reader.js') } = this.options;
    const thread = start('thread', entry, log);
    const calls = connect<ReaderCalls, object>(thread, {}, ['close']) as unknown as Running['calls'];
    const running: Running = { thread, calls };
    this.endings.add(thread.ended);
    void thread.ended.then(({ reason }) => {
      this.endings.delete(thread.ended);
      if (this.running !== running) return;
      this.running = undefined;
      log(`The reader has ended unexpectedly: ${reason}`);
      calls.$close(new Error(`The reader has ended unexpectedly (${reason}). Try again.`));
    });
    return running;
  }

  private end(): void {
    clearTimeout(this.timer);
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    running.calls.close();
  }
}
