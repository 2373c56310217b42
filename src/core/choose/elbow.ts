import { highest } from './statistics';

/**
 * How far the curve of W_K lies below the straight line between its ends, both axes from 0 to 1: the elbow is where that
 * is farthest ("kneedle" of Satopaa et al., 2011, doi:10.1109/ICDCSW.2011.20). 0 at both ends, and everywhere for a curve
 * that does not fall.
 * @param within W of each K from 1 on
 */
export function kneeDistances(within: readonly number[]): number[] {
  const last = within.length - 1;
  const fall = within[0] - within[last];
  return within.map((w, i) => (fall > 0 && last > 0 ? 1 - i / last - (w - within[last]) / fall : 0));
}

/** The K of the elbow, counted from 1; null where there is none. */
export function elbow(knees: readonly number[]): number | null {
  const best = highest(knees);
  return best !== null && knees[best] > 1e-9 ? best + 1 : null;
}
