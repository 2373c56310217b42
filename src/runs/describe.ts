/** A run in few words, for notifications and the status bar. */
import type { Progress } from '../core/progress';
import type { Run } from './run';

/** "joint · epoch 12/150 · total loss 0.0213 · 1 min 20 s left". */
export function describeProgress({ state, progress }: Run): string {
  if (state === 'queued') return 'waiting for another run';
  if (state === 'cancelling') return 'stopping after this step';
  if (!progress) return 'starting';
  const { phase, epoch, epochs, secondsLeft } = progress;
  const training = phase === 'warm-up' || phase === 'joint' || phase === 'adversarial';
  const parts: string[] = [phase];
  if (training && epochs > 0) parts.push(`epoch ${Math.min(epoch + 1, epochs)}/${epochs}`);
  if (training) parts.push(...describeLosses(progress));
  if (secondsLeft !== undefined && Number.isFinite(secondsLeft)) parts.push(`${duration(secondsLeft)} left`);
  return parts.join(' · ');
}

/** Share of the run that is done, in percent. */
export function progressPercent({ progress }: Run): number {
  if (!progress || progress.epochs === 0) return 0;
  const { epoch, epochs, step, steps } = progress;
  return Math.min(100, (100 * (epoch + (steps > 0 ? Math.min(step / steps, 1) : 0))) / epochs);
}

function describeLosses({ history }: Progress): string[] {
  const losses = history.at(-1)?.losses;
  if (!losses) return [];
  const [name, value] =
    losses['total'] === undefined ? (Object.entries(losses)[0] ?? []) : ['loss', losses['total']];
  return name !== undefined && Number.isFinite(value) ? [`${name} ${value.toPrecision(3)}`] : [];
}

function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
