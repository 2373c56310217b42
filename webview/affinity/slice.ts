/** One slice that a panel pulls from the host and keeps up to date. */

/** Where the last request stands. */
export type SliceState<T> =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly old: T | undefined }
  | { readonly kind: 'refused'; readonly reason: string; readonly old: T | undefined }
  | { readonly kind: 'there'; readonly value: T };

/**
 * Asks for a slice whenever its key changes (what is asked for, and the version of the series): one request at a time,
 * and the old answer stays until there is a new one. Answers to older keys are thrown away.
 */
export class Slice<T> {
  private wanted: string | undefined;
  private asked: string | undefined;
  private busy = false;
  private value: T | undefined;
  /** How often the time of an answer must pass before the next request. */
  private rest = 0;
  /** When the last answer came and how long it took, ms. */
  private ended = -Infinity;
  private took = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly onChange: (state: SliceState<T>) => void,
  ) {}

  /**
   * `keep`: whether the old answer is still worth showing until the new one comes. `rest`: answers that take long leave
   * the processor alone for this many times as long, as while a run trains on it.
   */
  want(key: string, keep: boolean, rest = 0): void {
    if (key === this.wanted) return;
    this.wanted = key;
    this.rest = rest;
    if (!keep) this.value = undefined;
    if (!keep || rest === 0) this.onChange({ kind: 'waiting', old: this.value });
    this.schedule();
  }

  /** Forgets everything, as for another run. */
  clear(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
    this.asked = undefined;
    this.value = undefined;
    this.onChange({ kind: 'none' });
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.busy || this.wanted === undefined || this.asked === this.wanted) return;
    const left = this.rest * this.took - (performance.now() - this.ended);
    if (left > 0) this.timer = setTimeout(() => void this.pull(this.wanted!), left);
    else void this.pull(this.wanted);
  }

  private async pull(key: string): Promise<void> {
    this.busy = true;
    this.asked = key;
    this.onChange({ kind: 'waiting', old: this.value });
    const started = performance.now();
    let state: SliceState<T>;
    try {
      state = { kind: 'there', value: await this.ask() };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      state = { kind: 'refused', reason, old: this.value };
    }
    this.busy = false;
    this.ended = performance.now();
    this.took = this.ended - started;
    // What is wanted can have changed while the answer was on its way.
    if (this.wanted !== key) return this.schedule();
    if (state.kind === 'there') this.value = state.value;
    this.onChange(state);
  }
}
