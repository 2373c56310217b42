/** The webview's end of the messages: typed, and validated on arrival. */
import * as z from 'zod/mini';
import type { ComparisonEntry } from '../../src/protocol/comparison';
import {
  type AnswerOf,
  type Ask,
  type AskOf,
  type FromPanel,
  type RunRow,
  type RunSnapshot,
  type Selection,
  type SeriesSnapshot,
  type What,
  asks,
  toPanel,
} from '../../src/protocol/panel';
import { FIRST_REQUEST, rememberSelection, vscodeApi } from './vscodeApi';

// The content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true });

/** What a panel draws. Each is called with everything there is to draw of its kind. */
export interface PanelHandlers {
  run?(run: RunSnapshot): void;
  series?(series: SeriesSnapshot): void;
  selection?(selection: Selection): void;
  /** `chosen`: the user has chosen these to be compared. */
  runs?(runs: readonly RunRow[], chosen: boolean): void;
  /** Methods that were compared on the same data files, newest first. */
  comparisons?(comparisons: readonly ComparisonEntry[]): void;
}

/** The host refused: its message is for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

interface Pending {
  readonly what: What;
  resolve(answer: unknown): void;
  reject(reason: Error): void;
}

/** The host, as a panel sees it. One per panel; create it when everything is ready to be drawn. */
export class Host {
  private readonly pending = new Map<number, Pending>();
  private count = FIRST_REQUEST;
  private current: Selection = { step: null, period: null, cluster: null, field: null };

  constructor(private readonly handlers: PanelHandlers) {
    window.addEventListener('message', (event) => this.receive(event.data));
    this.send({ type: 'ready' });
  }

  send(message: FromPanel): void {
    vscodeApi.postMessage(message);
  }

  /** Changes the given parts of the selection, in every panel of the run; this one hears of it from the host too. */
  select(change: Partial<Selection>): void {
    this.current = { ...this.current, ...change };
    this.send({ type: 'select', selection: this.current });
  }

  /** Asks for one slice. Rejects with a {@link Refusal} where there is none now. */
  ask<W extends What>(ask: AskOf<W> & { what: W }): Promise<AnswerOf<W>> {
    const id = ++this.count;
    return new Promise<AnswerOf<W>>((resolve, reject) => {
      this.pending.set(id, {
        what: ask.what,
        resolve: (answer) => resolve(answer as AnswerOf<W>),
        reject,
      });
      this.send({ type: 'request', id, ask: ask as Ask });
    });
  }

  private receive(data: unknown): void {
    const parsed = toPanel.safeParse(data);
    if (!parsed.success) {
      console.error('Refused an unknown message', data, z.prettifyError(parsed.error));
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'run':
        return this.handlers.run?.(message.run);
      case 'series':
        return this.handlers.series?.(message.series);
      case 'selection':
        this.current = message.selection;
        rememberSelection(message.selection);
        return this.handlers.selection?.(message.selection);
      case 'runs':
        return this.handlers.runs?.(message.runs, message.chosen);
      case 'comparisons':
        return this.handlers.comparisons?.(message.comparisons);
      default:
        return this.settle(message);
    }
  }

  private settle(
    message:
      { type: 'answer'; id: number; answer?: unknown } | { type: 'refusal'; id: number; reason: string },
  ): void {
    const pending = this.pending.get(message.id);
    if (!pending) return;
    this.pending.delete(message.id);
    if (message.type === 'refusal') return pending.reject(new Refusal(message.reason));
    const answer = asks[pending.what].answer.safeParse(message.answer);
    if (answer.success) return pending.resolve(answer.data);
    console.error('Refused an answer', message, z.prettifyError(answer.error));
    pending.reject(new Error('The answer cannot be read.'));
  }
}
