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
  private asked: string | undefined;
  private wanted: string | undefined;
  private busy = false;
  private value: T | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly onChange: (state: SliceState<T>) => void,
  ) {}

  /** `keep`: whether the old answer is still worth showing until the new one comes. */
  want(key: string, keep: boolean): void {
    if (key === this.wanted) return;
    this.wanted = key;
    if (!keep) this.value = undefined;
    this.onChange({ kind: 'waiting', old: this.value });
    void this.pull();
  }

  /** Forgets everything, as for another run. */
  clear(): void {
    this.wanted = undefined;
    this.asked = undefined;
    this.value = undefined;
    this.onChange({ kind: 'none' });
  }

  private async pull(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    // What is wanted can change while an answer is on its way.
    while (this.wanted !== undefined && this.asked !== this.wanted) {
      const key = this.wanted;
      this.asked = key;
      let state: SliceState<T>;
      try {
        state = { kind: 'there', value: await this.ask() };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        state = { kind: 'refused', reason, old: this.value };
      }
      if (this.wanted !== key) continue;
      if (state.kind === 'there') this.value = state.value;
      this.onChange(state);
    }
    this.busy = false;
  }
}
