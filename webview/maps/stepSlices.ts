/** Fields of single time steps: the latest that was wanted, one at a time, however fast the selection moves. */
import type { SliceKey, Known, Slice } from './slices';

export interface StepSlice extends Known {
  readonly field: number;
  readonly step: number;
}

export class StepSlices {
  private readonly latest = new Map<number, StepSlice>();
  private readonly wanted = new Map<number, number>();
  private readonly busy = new Set<number>();
  private generation = 0;

  constructor(
    private readonly ask: (key: SliceKey) => Promise<Slice>,
    private readonly changed: () => void,
  ) {}

  clear(): void {
    this.generation++;
    this.latest.clear();
    this.wanted.clear();
    this.busy.clear();
  }

  /** What is known of the step, or of the one before it until it comes. */
  want(field: number, step: number): StepSlice | undefined {
    this.wanted.set(field, step);
    this.next(field);
    return this.latest.get(field);
  }

  private next(field: number): void {
    const step = this.wanted.get(field);
    if (step === undefined || this.busy.has(field) || this.latest.get(field)?.step === step) return;
    this.busy.add(field);
    const { generation } = this;
    const settle = (known: Known) => {
      if (generation !== this.generation) return;
      this.busy.delete(field);
      this.latest.set(field, { ...known, field, step });
      this.changed();
      this.next(field);
    };
    this.ask({ field, layer: 'step', index: step }).then(
      (slice) => settle({ slice }),
      (reason: Error) => settle({ refusal: reason.message }),
    );
  }
}
