import { adjustedMutualInformation } from './mutualInformation';
import type { SparseCoefficients } from './sparse';

/** Signs of the ways in which deep subspace clustering is known to fail. */
export interface Health {
  readonly emptyClusters: number;
  /**
   * Adjusted mutual information between the labels and the place in the window (step mod T): 0 for unrelated, 1 when the
   * labels only tell the place.
   */
  readonly positionInformation: number;
  /** Mean number of non-zero self-expression coefficients of a time step; absent without C. */
  readonly coefficientsPerStep?: number;
  /** Share of time steps without any. */
  readonly unexpressedShare?: number;
  /** What a user should know, in sentences. */
  readonly warnings: readonly string[];
}

const POSITION_LIMIT = 0.1;

/**
 * Examines a clustering for collapse, for labels that follow the place in the window, and for a self-expression that is
 * zero or dense.
 * @param window steps of a window T
 * @param selfExpression C `[n, n]`
 * @param withoutWindow labels of a method that knows no window. Data can have the window's period themselves (months in
 * windows of twelve), and then such labels follow it, too.
 */
export async function examine(
  labels: Int32Array,
  clusters: number,
  window: number,
  selfExpression?: SparseCoefficients,
  withoutWindow?: () => Int32Array | Promise<Int32Array>,
): Promise<Health> {
  const n = labels.length;
  const emptyClusters = clusters - new Set(labels).size;
  const position = Int32Array.from(labels, (_, t) => t % window);
  const positionInformation = adjustedMutualInformation(labels, position);
  const warnings: string[] = [];
  if (emptyClusters > 0) {
    warnings.push(
      `${emptyClusters} of ${clusters} clusters have no members. Try fewer clusters, or a larger "loss.balance".`,
    );
  }
  if (positionInformation > POSITION_LIMIT) {
    const ofData = withoutWindow ? adjustedMutualInformation(await withoutWindow(), position) : 0;
    if (positionInformation > ofData + POSITION_LIMIT) {
      warnings.push(
        `The labels follow the position in the model's window of ${window} steps (adjusted mutual information ${positionInformation.toFixed(2)}): they are not regimes. Try another "window.length".`,
      );
    }
  }
  if (!selfExpression) return { emptyClusters, positionInformation, warnings };

  let nonZero = 0;
  const expressed = new Set<number>();
  selfExpression.value.forEach((value, e) => {
    if (value === 0) return;
    nonZero++;
    expressed.add(selfExpression.row[e]);
  });
  const unexpressed = n - expressed.size;
  const coefficientsPerStep = nonZero / n;
  const unexpressedShare = unexpressed / n;
  if (unexpressedShare > 0.1) {
    warnings.push(
      `${Math.round(100 * unexpressedShare)}% of the time steps have no self-expression, so the spectral labels mean little. Try a larger "selfExpression.sparsity".`,
    );
  } else if (coefficientsPerStep > 0.5 * n) {
    warnings.push(
      'The self-expression is dense, so the spectral labels mean little. Try a smaller "selfExpression.sparsity".',
    );
  }
  return { emptyClusters, positionInformation, coefficientsPerStep, unexpressedShare, warnings };
}
