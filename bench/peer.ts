import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** How the PyTorch peer computes a layer. */
export type Form = 'usual' | 'batched';

/** The PyTorch process (Debian's python3-torch), asked by JSON lines. */
export class Peer {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;

  /** @param root the repository. */
  constructor(root: string) {
    this.process = spawn('/usr/bin/python3', [join(root, 'bench/peer_torch.py')]);
    this.process.stderr.pipe(process.stderr);
    this.lines = createInterface({ input: this.process.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  async ask<T>(request: object): Promise<T> {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error('The PyTorch peer ended. Is python3-torch installed?');
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
