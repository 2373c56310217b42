import { encodeTimes, parseTimeUnits } from '../../data/cfTime';
import type { TimeAxis } from '../../data/frames';

/** An uninterrupted stay in one cluster: time steps from `start` to `end` - 1. */
export interface Spell {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/** The stays of a label series, in order. Gaps in time end a stay. */
export function spells(labels: ArrayLike<number>, time: TimeAxis): Spell[] {
  const times = elapsed(time);
  const usual = usualStep(times);
  const result: Spell[] = [];
  for (let start = 0; start < labels.length;) {
    let end = start + 1;
    while (end < labels.length && labels[end] === labels[start] && !isGap(times[end - 1], times[end], usual))
      end++;
    result.push({ label: labels[start], start, end });
    start = end;
  }
  return result;
}

/** Whether there is a gap between two successive times: more than one and a half usual steps. */
export function isGap(time: number, next: number, usual: number): boolean {
  return next - time > 1.5 * usual;
}

/** Days since the first time step; plain step numbers as they are. [T] */
export function elapsed({ units, iso, values, calendar }: TimeAxis): Float64Array {
  if (units === '1') return values;
  return encodeTimes(iso, parseTimeUnits(`days since ${iso[0].slice(0, iso[0].indexOf('T'))}`, calendar));
}

/** Median distance of successive times. */
export function usualStep(times: Float64Array): number {
  const steps = times.slice(1).map((value, t) => value - times[t]);
  return steps.sort()[Math.floor(steps.length / 2)] ?? 1;
}
