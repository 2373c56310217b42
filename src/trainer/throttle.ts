import type { Progress } from '../core/progress';

/**
 * Passes snapshots on at most every `interval` milliseconds; the first one of a phase goes at once. No timer is
 * involved, since the thread that trains is seldom free to serve one: what is held back goes with the next snapshot
 * that is due, or on `flush`. Snapshots are complete, so those left out are not missed.
 */
export class ProgressThrottle {
  private held: Progress | undefined;
  private sentAt = -Infinity;
  private phase: string | undefined;

  constructor(
    private readonly send: (snapshot: Progress) => void,
    private readonly interval: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(snapshot: Progress): void {
    this.held = snapshot;
    if (snapshot.phase !== this.phase || this.now() - this.sentAt >= this.interval) this.flush();
  }

  /** Sends what is held back. To be called when a run has ended, however it did. */
  flush(): void {
    const snapshot = this.held;
    if (!snapshot) return;
    this.held = undefined;
    this.phase = snapshot.phase;
    this.sentAt = this.now();
    this.send(snapshot);
  }
}
