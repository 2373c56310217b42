import { contingency } from './matching';

function entropy(sums: Float64Array, n: number): number {
  let h = 0;
  for (const s of sums) if (s > 0) h -= (s / n) * Math.log(s / n);
  return h;
}

/** Mutual information of two label series, in nats. */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, columns, counts, rowSums, columnSums } = contingency(a, b);
  let information = 0;
  counts.forEach((count, at) => {
    if (count === 0) return;
    const row = Math.floor(at / columns.length);
    const column = at % columns.length;
    information += (count / n) * Math.log((count * n) / (rowSums[row] * columnSums[column]));
  });
  return Math.max(0, information);
}

/**
 * NMI: mutual information over the arithmetic mean of the entropies, in [0, 1] (scikit-learn's default). Two
 * single-cluster labellings are equal: 1. For short series it is biased upwards; {@link adjustedMutualInformation} is not.
 */
export function normalizedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, rows, columns, rowSums, columnSums } = contingency(a, b);
  if (rows.length === 1 && columns.length === 1) return 1;
  const information = mutualInformation(a, b);
  // Rounding must not turn independence into a quotient of two tiny numbers.
  if (information < Number.EPSILON) return 0;
  return information / ((entropy(rowSums, n) + entropy(columnSums, n)) / 2);
}

/**
 * AMI (Vinh, Epps and Bailey, 2010): mutual information less what labellings with the same cluster sizes have by chance
 * (exactly, under the hypergeometric model), over the arithmetic mean of the entropies less the same. 0 expected by
 * chance, 1 for equal partitions: the measure to test that labels do not follow a second series, such as the position in
 * the window.
 */
export function adjustedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, rows, columns, rowSums, columnSums } = contingency(a, b);
  if (rows.length === columns.length && (rows.length === 1 || rows.length === n)) return 1;
  const expected = expectedMutualInformation(rowSums, columnSums, n);
  const mean = (entropy(rowSums, n) + entropy(columnSums, n)) / 2;
  const scale = mean - expected;
  // A scale of zero up to rounding keeps its sign, as in scikit-learn, so that the quotient stays finite.
  const safe = scale < 0 ? Math.min(scale, -Number.EPSILON) : Math.max(scale, Number.EPSILON);
  return (mutualInformation(a, b) - expected) / safe;
}

/** E[MI] over all pairs of labellings with these cluster sizes. */
function expectedMutualInformation(rowSums: Float64Array, columnSums: Float64Array, n: number): number {
  const logFactorial = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) logFactorial[i] = logFactorial[i - 1] + Math.log(i);
  let expected = 0;
  for (const a of rowSums) {
    for (const b of columnSums) {
      const fixed =
        logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b] - logFactorial[n];
      for (let count = Math.max(1, a + b - n); count <= Math.min(a, b); count++) {
        const logProbability =
          fixed -
          logFactorial[count] -
          logFactorial[a - count] -
          logFactorial[b - count] -
          logFactorial[n - a - b + count];
        expected += (count / n) * Math.log((n * count) / (a * b)) * Math.exp(logProbability);
      }
    }
  }
  return expected;
}
