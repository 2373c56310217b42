/** How a run is shown while it goes on: a bar on a terminal, lines elsewhere (a log file, a batch system). */
import type { WriteStream } from 'node:tty';
import type { Phase, Progress } from '../core/progress';
import { clock, figure } from './text';

export interface ProgressDisplay {
  update(snapshot: Progress): void;
  /** Something to be read, above the bar. */
  say(text: string): void;
  /** Takes the bar away. */
  end(): void;
}

/** The display that suits `stream`. */
export function progressDisplay(stream: WriteStream): ProgressDisplay {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}

const training: readonly Phase[] = ['warm-up', 'joint', 'adversarial'];

/** The losses of the last epoch while it trains, as "name value" pairs. */
function losses({ phase, history }: Progress): string[] {
  const last = training.includes(phase) ? history.at(-1) : undefined;
  return last ? Object.entries(last.losses).map(([name, value]) => `${name} ${figure(value)}`) : [];
}

function timeLeft({ secondsLeft }: Progress): string | undefined {
  return secondsLeft === undefined || !Number.isFinite(secondsLeft)
    ? undefined
    : `${clock(secondsLeft)} left`;
}

/** Share of the whole training that is done, 0 to 1. */
function share({ epoch, epochs, step, steps }: Progress): number {
  return epochs > 0 ? Math.min(1, (epoch + (steps > 0 ? step / steps : 0)) / epochs) : 0;
}

/** `line` and as many of `parts` as fit into `width` characters. */
function fit(line: string, parts: readonly (string | undefined)[], width: number): string {
  let result = line.slice(0, width);
  for (const part of parts) {
    if (part === undefined) continue;
    if (result.length + 2 + part.length > width) break;
    result += `, ${part}`;
  }
  return result;
}

/**
 * One line of at most `width` characters. What matters most comes first, and losses are left out where they do not
 * fit: `joint [######------] 62/150 epochs, 0:41 left, total 0.1234, ...`
 */
export function barLine(snapshot: Progress, width: number): string {
  const cells = Math.max(8, Math.min(24, Math.floor(width / 4)));
  const full = Math.round(share(snapshot) * cells);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(cells - full)}]`;
  if (snapshot.epochs === 0) return snapshot.phase.slice(0, width);
  const head = `${snapshot.phase.padEnd(11)} ${bar} ${snapshot.epoch}/${snapshot.epochs} epochs`;
  return fit(head, [timeLeft(snapshot), ...losses(snapshot)], width);
}

/** Width of a line in a log; nobody reads further. */
const logWidth = 110;

/** The same as a line of a log: `joint: epoch 62 of 150, 0:41 left, total 0.1234, target 0.05` */
export function logLine(snapshot: Progress): string {
  const { phase, epoch, epochs } = snapshot;
  if (!training.includes(phase)) return phase;
  return fit(`${phase}: epoch ${epoch} of ${epochs}`, [timeLeft(snapshot), ...losses(snapshot)], logWidth);
}

const eraseLine = '\r\u001b[K';

class ProgressBar implements ProgressDisplay {
  private shown = '';
  constructor(private readonly stream: WriteStream) {}

  update(snapshot: Progress): void {
    // The last column stays free: some terminals wrap when it is written.
    this.shown = barLine(snapshot, (this.stream.columns || 80) - 1);
    this.stream.write(eraseLine + this.shown);
  }

  say(text: string): void {
    this.stream.write(`${eraseLine}${text}\n${this.shown}`);
  }

  end(): void {
    if (this.shown) this.stream.write(eraseLine);
    this.shown = '';
  }
}

/** Milliseconds between two lines of the same phase. */
const lineInterval = 5_000;

class ProgressLines implements ProgressDisplay {
  private phase = '';
  private epoch = -1;
  private printedAt = -Infinity;
  constructor(private readonly stream: WriteStream) {}

  update(snapshot: Progress): void {
    const due = snapshot.epoch !== this.epoch && performance.now() - this.printedAt >= lineInterval;
    if (snapshot.phase === this.phase && !due) return;
    this.phase = snapshot.phase;
    this.epoch = snapshot.epoch;
    this.printedAt = performance.now();
    this.say(logLine(snapshot));
  }

  say(text: string): void {
    this.stream.write(`${text}\n`);
  }

  end(): void {}
}
