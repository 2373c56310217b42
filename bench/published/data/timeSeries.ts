/** Series of one variable and equal length with their classes. */
export interface LabelledSeries {
  readonly n: number;
  readonly length: number;
  /** [n, length] */
  readonly values: Float32Array;
  /** Class of each series as the file calls it. [n] */
  readonly classes: readonly string[];
}

/**
 * Reads a `.ts` file of sktime (univariate, equal length, class label last, after a colon).
 * Throws where the series are of different lengths or hold something that is no number.
 */
export function readTimeSeries(text: string): LabelledSeries {
  const body = text
    .slice(text.search(/^@data\s*$/im))
    .split('\n')
    .slice(1);
  const rows = body.map((line) => line.trim()).filter((line) => line && !/^[#@]/.test(line));
  const series = rows.map((row) => {
    const colon = row.lastIndexOf(':');
    return { values: row.slice(0, colon).split(',').map(Number), name: row.slice(colon + 1) };
  });
  const length = series[0]?.values.length ?? 0;
  for (const { values } of series) {
    if (values.length !== length || !values.every(Number.isFinite)) {
      throw new Error('The .ts file is not one of complete series of equal length.');
    }
  }
  return {
    n: series.length,
    length,
    values: Float32Array.from(series.flatMap(({ values }) => values)),
    classes: series.map(({ name }) => name),
  };
}
