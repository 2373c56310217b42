import { UserError } from '../errors';

/** @throws UserError when there are fewer rows than clusters. */
export function requireEnoughRows(rows: number, clusters: number): void {
  if (clusters >= 1 && rows >= clusters) return;
  throw new UserError(
    `${rows} rows (time steps) cannot be grouped into ${clusters} clusters. Choose fewer clusters, or more data.`,
  );
}

/** For methods that compare each row with each other one. @throws UserError when there are more rows than they can hold. */
export function requireAtMost(limit: number, rows: number, title: string): void {
  if (rows <= limit) return;
  throw new UserError(
    `${title} keeps numbers for all pairs of rows (time steps) in memory, which ends at ${limit} rows; there are ${rows}. Choose a shorter period or longer time steps, or leave this method out.`,
  );
}

/** What a method says of data in which all rows are the same. */
export const ALL_ROWS_EQUAL = 'All rows (time steps) are equal, so that there is one cluster only.';
