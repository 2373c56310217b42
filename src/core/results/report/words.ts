import type { FieldInfo, Frames } from '../../data/frames';
import { short } from './ticks';

/** What the fields are called; with their short names where several have the same long one. */
export function titles(fields: readonly FieldInfo[]): string[] {
  return fields.map(({ name, longName }) => {
    const shared = fields.filter((other) => other.longName === longName).length > 1;
    const text = longName.replaceAll('_', ' ');
    return shared ? `${text} (${name})` : text;
  });
}

/** The first few of some names, as a phrase. */
export function list(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more variables`] : names;
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

/** A time without the parts that say nothing. */
export const plainTime = (iso: string): string => iso.replace(/T00:00:00$/, '').replace('T', ' ');

/** The first and the last time. */
export function span({ time }: Pick<Frames, 'time'>): string {
  return `${plainTime(time.iso[0])} to ${plainTime(time.iso[time.iso.length - 1])}`;
}

/** A number of seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${short(seconds, 3)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
