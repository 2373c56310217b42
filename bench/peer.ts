import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** How the PyTorch peer computes a layer. */
export type Form = 'usual' | 'batched';

/** The Python process (Debian's, which has PyTorch and scikit-learn), asked by JSON lines. */
export class Peer {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;

  /**
   * @param root the repository.
   * @param script what the process runs.
   */
  constructor(
    root: string,
    private readonly script = 'peer_torch.py',
  ) {
    this.process = spawn('/usr/bin/python3', [join(root, 'bench', script)]);
    this.process.stderr.pipe(process.stderr);
    this.lines = createInterface({ input: this.process.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  async ask<T>(request: object): Promise<T> {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.answers.next();
    if (done)
      throw new Error(`The peer ${this.script} ended. Are python3-torch and python3-sklearn installed?`);
    return JSON.parse(value) as T;
  }

  async time(form: Form, repeats: number, clock: 'wall' | 'cpu'): Promise<number[]> {
    return (await this.ask<{ seconds: number[] }>({ time: form, repeats, clock })).seconds;
  }

  close(): void {
    this.lines.close();
    this.process.stdin.end();
  }
}
