import { rowsInMemory, type SharedRows } from '../../data/rows';
import { eofCoefficients } from '../../evaluation/eofCoefficients';
import type { Products } from '../../evaluation/products';
import type { Random } from '../../random';
import { type RowSource, rowSource } from './batches';

export interface InputOptions {
  /** Columns up to which a network of dense layers is given the rows as they are. */
  readonly maxColumns: number;
  readonly random: Random;
  readonly products: Products;
  readonly signal?: AbortSignal;
}

export interface NetworkInputs extends RowSource {
  /** Whether the columns are coefficients of EOFs, about 0, instead of the table's own, in [0, 1]. */
  readonly compressed: boolean;
}

/** Rows up to which no EOF is left out: there are n - 1 of them. */
const COMPLETE_ROWS = 513;
/** EOFs of longer tables. */
const EOFS = 256;

/**
 * What networks of dense layers are given: the rows, or for tables of many columns (fields on a grid) the coefficients of
 * their EOFs. Up to 513 rows nothing is lost by that: n rows lie in n - 1 dimensions, of which the EOFs are other axes, so
 * that distances and squared errors are the same; the first layer, which would have hundreds of weights for each cell of
 * the grid and a few hundred rows to learn them from, becomes as small as the data. Longer tables keep 256 EOFs. All
 * coefficients are divided by one number, so that the mean variance of a column is 1 (as DEC scales its data).
 */
export async function networkInputs(
  table: SharedRows,
  { maxColumns, random, products, signal }: InputOptions,
): Promise<NetworkInputs> {
  const { n, d } = table;
  if (d <= maxColumns || n < 3) return { ...(await rowSource(table)), compressed: false };
  const r = n <= COMPLETE_ROWS ? n - 1 : EOFS;
  const { values, dimensions } = await eofCoefficients(table, r, random, { products, signal });
  // All rows are equal: one column of zeros says the same.
  const columns = Math.max(1, dimensions);
  const scores = dimensions > 0 ? values : new Float32Array(n);
  const deviation = Math.sqrt(scores.reduce((sum, x) => sum + x * x, 0) / scores.length);
  const scaled = deviation > 0 ? scores.map((x) => x / deviation) : scores;
  return { ...(await rowSource(rowsInMemory(scaled, n, columns))), compressed: true };
}
