import type { TimeAxis } from '../../data/frames';
import { plainTime } from './words';

/** Measures of pictures along time, alike so that they can be compared down the page. */
export const WIDTH = 1000;
export const LEFT = 92;
export const RIGHT = 8;

/** The time steps from `start` to `end` - 1 in words. */
export function period({ iso }: TimeAxis, start: number, end: number): string {
  return end - start === 1
    ? plainTime(iso[start])
    : `${plainTime(iso[start])} to ${plainTime(iso[end - 1])} (${end - start} steps)`;
}
