/** How a comparison is shown while it goes on: one line on a terminal, a line for each fit elsewhere. */
import type { WriteStream } from 'node:tty';
import type { CompareProgress } from '../core/compare/compare';
import { clock } from './text';

export interface CompareDisplay {
  update(progress: CompareProgress): void;
  /** Something to be read, above the line. */
  say(text: string): void;
  end(): void;
}

/** The display that suits `stream`. */
export function compareDisplay(stream: WriteStream): CompareDisplay {
  return stream.isTTY ? new CompareLine(stream) : new CompareLog(stream);
}

/** `[####----] 12/85 fits, DEC (seed 2) 41%, 3:20`: at most `width` characters; what matters most comes first. */
export function compareLine(progress: CompareProgress, seconds: number, width: number): string {
  const { done, total, failed, current } = progress;
  const cells = Math.max(8, Math.min(24, Math.floor(width / 4)));
  const full = Math.round(((done + (current?.share ?? 0)) / Math.max(1, total)) * cells);
  const share = current?.share === undefined ? '' : ` ${Math.floor(100 * current.share)}%`;
  const parts = [
    `[${'#'.repeat(full)}${'-'.repeat(cells - full)}] ${done}/${total} fits`,
    ...(current ? [`${current.title} (seed ${current.seed})${share}`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    clock(seconds),
  ];
  return parts
    .reduce((line, part) => (line.length + 2 + part.length > width ? line : `${line}, ${part}`))
    .slice(0, width);
}

const eraseLine = '\r\u001b[K';

class CompareLine implements CompareDisplay {
  private readonly began = performance.now();
  private progress: CompareProgress | undefined;
  /** A fit may say nothing for minutes: the clock shows that it goes on. */
  private readonly timer = setInterval(() => this.draw(), 1_000).unref();
  constructor(private readonly stream: WriteStream) {}

  update(progress: CompareProgress): void {
    this.progress = progress;
    this.draw();
  }

  say(text: string): void {
    this.stream.write(`${eraseLine}${text}\n`);
    this.draw();
  }

  end(): void {
    clearInterval(this.timer);
    if (this.progress) this.stream.write(eraseLine);
    this.progress = undefined;
  }

  private draw(): void {
    if (!this.progress) return;
    // The last column stays free: some terminals wrap when it is written.
    const width = (this.stream.columns || 80) - 1;
    const seconds = (performance.now() - this.began) / 1000;
    this.stream.write(eraseLine + compareLine(this.progress, seconds, width));
  }
}

class CompareLog implements CompareDisplay {
  private shown = '';
  constructor(private readonly stream: WriteStream) {}

  update({ done, total, current }: CompareProgress): void {
    if (!current) return;
    const line = `fit ${done + 1} of ${total}: ${current.title}, seed ${current.seed}`;
    if (line !== this.shown) this.say(line);
    this.shown = line;
  }

  say(text: string): void {
    this.stream.write(`${text}\n`);
  }

  end(): void {}
}
