import { describe, expect, it } from 'vitest';
import { recurrence } from '../../../src/core/evaluation/recurrence';
import { Random } from '../../../src/core/random';
import { missingPython, python } from './python';
import { affinityOf } from './sparseTables';

/** Every step is alike all steps of its own regime, and a little alike the others. */
function likeness(regimes: readonly number[], between = 0.01) {
  const n = regimes.length;
  const affinity = Float32Array.from({ length: n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    return i === j ? 0 : regimes[i] === regimes[j] ? 1 : between;
  });
  return affinityOf(affinity);
}

const spellsOf = (...labels: number[]): number[] => labels.flatMap((label) => Array<number>(10).fill(label));

describe('recurrence of labels', () => {
  const regimes = spellsOf(0, 1, 2, 0, 1, 2);
  const view = likeness(regimes);

  it('is perfect for regimes that come back', () => {
    const found = recurrence(view, Int32Array.from(regimes), 3, 5);
    expect(found.agreement).toBe(1);
    expect(found.score).toBeCloseTo(Math.log(3), 10);
  });

  it('is not for a regime that was cut in two in time, nor for one that came once', () => {
    const cut = recurrence(view, Int32Array.from(spellsOf(0, 1, 2, 3, 1, 2)), 4, 5);
    expect(cut.agreement).toBeLessThan(0.9);
    const once = spellsOf(0, 1, 2, 0, 1, 3);
    expect(recurrence(likeness(once), Int32Array.from(once), 4, 10).agreement).toBeLessThan(1);
  });

  it('prefers regimes to their union, and to halves of them, whatever their sizes', () => {
    const unequal = spellsOf(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 2);
    const of = (labels: number[], k: number): number =>
      recurrence(likeness(unequal), Int32Array.from(labels), k, 5).score;
    const truth = of(unequal, 3);
    expect(truth).toBeGreaterThan(
      of(
        unequal.map((label) => Math.min(label, 1)),
        3,
      ),
    );
    // The large one cut in time, the small ones together: of more equal sizes, but not known again.
    const cut = unequal.map((label, t) => (label > 0 ? 2 : t < 70 ? 0 : 1));
    expect(truth).toBeGreaterThan(of(cut, 3));
    expect(of(cut, 3)).toBeLessThan(0.5 * truth);
  });

  it('does not count affinity to steps that are near', () => {
    const n = 60;
    const near = Float32Array.from({ length: n * n }, (_, e) => {
      const distance = Math.abs(Math.floor(e / n) - (e % n));
      return distance > 0 && distance <= 3 ? 1 : 0;
    });
    const labels = Int32Array.from({ length: n }, (_, t) => Math.floor(t / 20));
    expect(recurrence(affinityOf(near), labels, 3, 0).agreement).toBeGreaterThan(0.7);
    expect(recurrence(affinityOf(near), labels, 3, 3)).toEqual({ agreement: 0, score: 0 });
  });
});

const noSklearn = missingPython('sklearn');
it.skipIf(noSklearn)(`equals scikit-learn's measures${noSklearn ? ` (skipped: ${noSklearn})` : ''}`, () => {
  const [n, k, gap] = [80, 4, 6];
  const random = new Random(3);
  const half = Float32Array.from({ length: n * n }, () => (random.uniform() < 0.2 ? random.uniform() : 0));
  const affinity = Float32Array.from(half, (value, e) => value + half[(e % n) * n + Math.floor(e / n)]);
  const labels = Int32Array.from({ length: n }, (_, t) => Math.floor(t / 9) % k);
  const theirs = python<{ agreement: number; score: number }>(
    `from sklearn.metrics import adjusted_rand_score as ari, cohen_kappa_score as kappa, mutual_info_score as mi
A = affinity.reshape(n, n).astype('f8')
A[np.abs(np.subtract.outer(np.arange(n), np.arange(n))) <= gap] = 0
foretold = (A @ np.eye(k)[labels]).argmax(1)
agreement = min(ari(labels, foretold), kappa(labels, foretold))
result = dict(agreement=agreement, score=max(0, agreement) * mi(labels, foretold))`,
    { affinity, labels },
    { n, k, gap },
  );
  const ours = recurrence(affinityOf(affinity), labels, k, gap);
  expect(ours.agreement).toBeCloseTo(theirs.agreement, 10);
  expect(ours.score).toBeCloseTo(theirs.score, 10);
});
