import { Random } from '../random';
import { eof } from './eof';

/** Rows of a table in the plane (or space) of their leading principal components. */
export interface PrincipalComponents {
  /** Coordinates of the rows along the components; 0 along those beyond the rank of the table. [n, r] */
  readonly points: Float32Array;
  /** Share of the total variance along each component, in descending order. [r] */
  readonly explained: Float64Array;
}

/**
 * Principal components of the rows of z [n, d], for pictures of embeddings. The sign of a component is fixed: the entry of
 * largest magnitude of its direction is positive. The same table always gives the same points. Fewer rows or columns than
 * components leave the last ones 0.
 */
export function principalComponents(z: Float32Array, n: number, d: number, r: number): PrincipalComponents {
  const possible = Math.min(r, n, d);
  const points = new Float32Array(n * r);
  const explained = new Float64Array(r);
  if (possible < 1) return { points, explained };
  // The seed only starts an iteration that ends at the same pairs.
  const components = eof(z, n, d, possible, new Random(1));
  explained.set(components.explained);
  for (let i = 0; i < n; i++) {
    points.set(components.scores.subarray(i * possible, (i + 1) * possible), i * r);
  }
  return { points, explained };
}
