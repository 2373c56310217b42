import type { FieldInfo, Grid } from '../data/frames';

/** Which coefficients of the self-expression [n, n] are not (nearly) zero: coefficient i is C[row[i], column[i]]. */
export interface SparseCoefficients {
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly value: Float32Array;
}

/**
 * A finished run's result.nc. Everything is read when asked for, one slab at a time. Maps are [H*W], in the units of the
 * file, NaN where there is no value; fields and clusters are given by index.
 */
export interface ResultReader {
  readonly fields: readonly FieldInfo[];
  readonly grid: Grid;
  readonly clusters: number;
  /** Time steps of each cluster. [K] */
  readonly sizes: Int32Array;
  /** ISO 8601 in the data's own calendar, or plain numbers. [n] */
  readonly times: readonly string[];
  /** Mean over all time steps. */
  overall(field: number): Promise<Float32Array>;
  /** Mean over the time steps of the cluster. */
  mean(field: number, cluster: number): Promise<Float32Array>;
  /** 1 where the cluster's anomaly is significant (see Composites); undefined in results of older versions. [H*W] */
  significant(field: number, cluster: number): Promise<Uint8Array | undefined>;
  /** F statistic of the differences between clusters; undefined in results of older versions. */
  fStatistic(field: number): Promise<Float32Array | undefined>;
  /** 1 where the F statistic is significant; undefined in results of older versions. [H*W] */
  fSignificant(field: number): Promise<Uint8Array | undefined>;
  /** `values` [n, D] */
  embedding(): Promise<{ values: Float32Array; dimensions: number }>;
  /** [n] */
  labels(): Promise<Int32Array>;
  /** [n, K] */
  memberships(): Promise<Float32Array>;
  /** Undefined where the run has none (too many time steps), and in results of older versions. */
  selfExpression(): Promise<SparseCoefficients | undefined>;
  close(): Promise<void>;
}
