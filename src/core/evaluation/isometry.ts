import { columnMeans, gramMatrix } from './gram';

/**
 * Coordinates of the rows of x [n, d] in the space they span about their mean, at most n of them: all distances between
 * rows stay what they are (to the float32 precision of the data). Pivoted Cholesky factor of the centred Gram matrix;
 * stops where the rest is rounding. For tables with more columns than rows.
 */
export function isometricCoordinates(
  x: Float32Array,
  n: number,
  d: number,
): { coordinates: Float32Array; dimensions: number } {
  const mean = columnMeans(x, n, d);
  const centred = new Float32Array(n * d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) centred[i * d + j] = x[i * d + j] - mean[j];
  const gram = gramMatrix(centred, n, d);

  const remaining = Float64Array.from({ length: n }, (_, i) => gram[i * n + i]);
  const floor = 1e-13 * remaining.reduce((sum, value) => sum + value, 0);
  const columns: Float64Array[] = [];
  while (columns.length < n) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if (remaining[i] > remaining[pivot]) pivot = i;
    if (!(remaining[pivot] > floor)) break;
    const root = Math.sqrt(remaining[pivot]);
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let value = gram[i * n + pivot];
      for (const earlier of columns) value -= earlier[i] * earlier[pivot];
      column[i] = value / root;
    }
    column[pivot] = root;
    for (let i = 0; i < n; i++) remaining[i] = Math.max(0, remaining[i] - column[i] * column[i]);
    remaining[pivot] = 0;
    columns.push(column);
  }
  // A table of equal rows spans nothing: one coordinate of zeros stands for it.
  const dimensions = Math.max(1, columns.length);
  const coordinates = new Float32Array(n * dimensions);
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) coordinates[i * dimensions + j] = column[i];
  });
  return { coordinates, dimensions };
}
