/** How a script has ended, from what the system and the script's last words tell. */
import { saysOutOfMemory } from '../core/interruption';

export interface Ending {
  /** For people, to be put in brackets: "signal SIGSEGV". */
  readonly reason: string;
  /**
   * `memory`: it ran out. `killed`: from outside, by a person or by a system whose memory runs out. `crash`: in native
   * code. `error`: an exception that nobody caught, an exit, a script that is missing.
   */
  readonly cause: 'memory' | 'killed' | 'crash' | 'error';
}

/** Lines of standard error that are looked at. */
const LAST_LINES = 100;

/** What Windows reports for what are signals elsewhere. */
const WINDOWS_CODES: Readonly<Record<number, Ending>> = {
  0xc0000005: { reason: 'access violation', cause: 'crash' },
  0xc0000409: { reason: 'abort', cause: 'crash' },
  0xc000001d: { reason: 'illegal instruction', cause: 'crash' },
  0xc00000fd: { reason: 'stack overflow', cause: 'crash' },
  0xc0000017: { reason: 'the system has no memory left', cause: 'memory' },
  // Chromium's own, also in Electron.
  0xe0000008: { reason: 'out of memory', cause: 'memory' },
};

const CRASHES: readonly string[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGFPE', 'SIGTRAP'];

/** Keeps the last lines that a script prints to standard error. */
export class LastWords {
  private lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > 2 * LAST_LINES) this.lines = this.lines.slice(-LAST_LINES);
  }

  /** The last line that says that memory ran out. */
  get outOfMemory(): string | undefined {
    return this.lines.slice(-LAST_LINES).findLast(saysOutOfMemory);
  }
}

/** The end of a process. V8 and the C++ library say why they abort on standard error only. */
export function endOfProcess(
  code: number | null,
  signal: NodeJS.Signals | null,
  said: Pick<LastWords, 'outOfMemory'>,
): Ending {
  const how = signal ? `signal ${signal}` : `exit code ${code}`;
  const crashed = signal ? CRASHES.includes(signal) : code === 134;
  const known = code === null ? undefined : WINDOWS_CODES[code >>> 0];
  if (said.outOfMemory !== undefined && (crashed || (code !== null && code !== 0)))
    return { reason: wordsOf(said.outOfMemory), cause: 'memory' };
  if (known) return known;
  if (crashed) return { reason: how, cause: 'crash' };
  return { reason: how, cause: signal ? 'killed' : 'error' };
}

/** The end of a thread: by an exception that nobody caught, a limit of its heap, or `process.exit`. */
export function endOfThread(code: number, error: NodeJS.ErrnoException | undefined): Ending {
  if (!error) return { reason: `exit code ${code}`, cause: 'error' };
  const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY' || saysOutOfMemory(error.message);
  return { reason: error.message, cause: memory ? 'memory' : 'error' };
}

/** V8 says "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory". */
function wordsOf(line: string): string {
  const words = line.replace(/^.*(?:FATAL ERROR|what\(\)|terminate called[^:]*):\s*/, '').trim();
  return words.slice(0, 200);
}
