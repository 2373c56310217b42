/** Stops a trainer's process at a moment that the test describes, by what can be seen of it from outside. Linux only. */
import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  closeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../../../src/core/errors';
import type { Progress } from '../../../src/core/progress';

/** What is seen of a run whose trainer is a child process of this one. */
export interface View {
  readonly pid: number;
  /** The last snapshot that has arrived, and all phases that were seen. */
  readonly snapshot: Progress | undefined;
  readonly phases: ReadonlySet<string>;
  /** Names in the run directory; none before there is one. */
  readonly files: readonly string[];
  /** Epochs that the checkpoint holds; undefined without one. */
  readonly epochs: number | undefined;
  readonly threads: number;
  /** Paths of the files that it has open. */
  readonly open: readonly string[];
}

export type Moment = (view: View) => boolean;

/**
 * Begins a run, and does something to its trainer at `moment`. Some moments last a few milliseconds, and on a busy machine
 * this process may sleep through them: then another run is begun in the empty folder `out`.
 */
export async function interruptAt(
  moment: Moment,
  out: string,
  script: string,
  {
    begin,
    act,
  }: { begin: (progress: (snapshot: Progress) => void) => Promise<unknown>; act: (pid: number) => void },
): Promise<{ error: InterruptedError; directory: string | undefined }> {
  for (let attempt = 0; attempt < 8; attempt++) {
    rmSync(out, { recursive: true, force: true });
    const watched = new Watched(script, out);
    const outcome = begin(watched.see).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(await watched.strike(moment, act, outcome))) continue;
    const error = await outcome;
    if (!(error instanceof InterruptedError))
      throw new Error('The run was not interrupted.', { cause: error });
    return { error, directory: watched.directory };
  }
  throw new Error('The moment did not come.');
}

/** A run that is watched. `out` is where it makes its directory. */
class Watched {
  snapshot: Progress | undefined;
  private readonly phases = new Set<string>();

  constructor(
    private readonly script: string,
    private readonly out: string,
  ) {}

  readonly see = (snapshot: Progress): void => {
    this.snapshot = snapshot;
    this.phases.add(snapshot.phase);
  };

  /** The one run directory in `out`. */
  get directory(): string | undefined {
    const name = existsSync(this.out) ? readdirSync(this.out)[0] : undefined;
    return name === undefined ? undefined : path.join(this.out, name);
  }

  /**
   * Waits for `moment`, stops the process there, makes sure that the moment still lasts, does to it what `act` does, and
   * lets it go on. Returns whether that was done before the run ended.
   */
  async strike(moment: Moment, act: (pid: number) => void, ended: Promise<unknown>): Promise<boolean> {
    let over = false;
    void ended.finally(() => (over = true)).catch(() => undefined);
    while (!over) {
      const pid = this.find();
      if (pid !== undefined && this.holds(moment, pid)) {
        process.kill(pid, 'SIGSTOP');
        while (stateOf(pid) !== 'T') await sleep(1);
        // What it had said before arrives now.
        await sleep(20);
        if (this.holds(moment, pid)) {
          act(pid);
          process.kill(pid, 'SIGCONT');
          return true;
        }
        process.kill(pid, 'SIGCONT');
      }
      await sleep(1);
    }
    return false;
  }

  private holds(moment: Moment, pid: number): boolean {
    try {
      return moment(this.view(pid));
    } catch (error) {
      // Files come and go while they are looked at, and the process may end.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  private view(pid: number): View {
    const { directory, snapshot, phases } = this;
    return {
      pid,
      snapshot,
      phases,
      get files() {
        return directory === undefined ? [] : readdirSync(directory);
      },
      get epochs() {
        return directory === undefined ? undefined : epochsOf(path.join(directory, 'checkpoint.safetensors'));
      },
      get threads() {
        return readdirSync(`/proc/${pid}/task`).length;
      },
      get open() {
        return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      },
    };
  }

  /** The child process of this one that runs the script. */
  private find(): number | undefined {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return children
      .filter((pid) => pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.script))
      .map(Number)[0];
  }
}

/** The letter of a process's state: "T" when it is stopped. */
function stateOf(pid: number): string {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1];
}

/** Epochs that a checkpoint holds; undefined when there is none. */
export function epochsOf(checkpoint: string): number | undefined {
  if (!existsSync(checkpoint)) return undefined;
  const file = openSync(checkpoint, 'r');
  try {
    const length = Buffer.alloc(8);
    readSync(file, length);
    const header = Buffer.alloc(Number(length.readBigUInt64LE()));
    readSync(file, header, 0, header.length, 8);
    const { __metadata__ } = JSON.parse(header.toString()) as { __metadata__: { epoch: string } };
    return Number(__metadata__.epoch);
  } finally {
    closeSync(file);
  }
}
