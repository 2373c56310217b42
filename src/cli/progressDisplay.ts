/** How a run is shown while it goes on: a bar on a terminal, lines elsewhere (a log file, a batch system). */
import type { WriteStream } from 'node:tty';
import type { Progress } from '../core/progress';
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

/** The losses of the last epoch, as "name value" pairs. */
function losses({ history }: Progress): string[] {
  const last = history.at(-1);
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

/**
 * One line of at most `width` characters. What matters most comes first, and losses are left out where they do not
 * fit: `joint [######------] 62/150 epochs, 0:41 left, total 0.1234, ...`
 */
export function barLine(snapshot: Progress, width: number): string {
  const cells = Math.max(8, Math.min(24, Math.floor(width / 4)));
  const full = Math.round(share(snapshot) * cells);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(cells - full)}]`;
  if (snapshot.epochs === 0) return snapshot.phase.slice(0, width);
  let line = `${snapshot.phase.padEnd(11)} ${bar} ${snapshot.epoch}/${snapshot.epochs} epochs`;
  const rest = [timeLeft(snapshot), ...losses(snapshot)].filter((part) => part !== undefined);
  for (const part of rest) {
    if (line.length + 2 + part.length > width) break;
    line += `, ${part}`;
  }
  return line.slice(0, width);
}

/** The same as a line of a log: `joint: epoch 62 of 150, 0:41 left, total 0.1234, kl 0.05` */
export function logLine(snapshot: Progress): string {
  const training = snapshot.epochs > 0 && snapshot.epoch > 0;
  const parts = training
    ? [`epoch ${snapshot.epoch} of ${snapshot.epochs}`, timeLeft(snapshot), ...losses(snapshot)]
    : [];
  return [snapshot.phase, parts.filter((part) => part !== undefined).join(', ')].filter(Boolean).join(': ');
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
