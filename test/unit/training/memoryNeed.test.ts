import { describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import { architectureFor } from '../../../src/core/model/architecture';
import { trainingMemory } from '../../../src/core/training/memoryNeed';

/** MiB for n steps of `variables` fields on a square grid. */
function needed(
  n: number,
  variables: number,
  side: number,
  given: Record<string, number | string> = {},
): number {
  const h = resolveHyperParameters({
    clusters: 4,
    'window.length': 12,
    'model.widthFactor': 0.03125,
    'window.batch': 1,
    ...given,
  });
  return trainingMemory(architectureFor({ n, variables, height: side, width: side }, h), n);
}

describe('the memory that training needs', () => {
  it('is that of the window, not of the series: some kilobytes for each further step', () => {
    const [decade, century] = [needed(3650, 7, 256), needed(36500, 7, 256)];
    expect((century - decade) / (36500 - 3650)).toBeLessThan(0.03);
    expect(century).toBeLessThan(1.35 * decade);
  });

  it('grows with window, batch and cells', () => {
    const base = needed(400, 2, 128);
    expect(needed(400, 2, 128, { 'window.length': 24 })).toBeGreaterThan(1.2 * base);
    expect(needed(400, 2, 128, { 'window.batch': 4 })).toBeGreaterThan(1.8 * base);
    expect(needed(400, 2, 256)).toBeGreaterThan(1.8 * base);
  });

  /** Peaks of whole runs, with the data (bench/README.md). */
  it.each([
    [40, 128, 2, { 'model.widthFactor': 0.125 }, 1029],
    [40, 128, 16, {}, 1191],
    [40, 64, 7, { 'window.batch': 4, 'model.widthFactor': 0.125 }, 1017],
    [40, 32, 2, { 'window.batch': 4, 'model.widthFactor': 0.5 }, 1731],
    [40, 256, 2, {}, 1485],
  ])(
    'is about what was measured: %i steps, %i cells a side, %i fields',
    (n, side, variables, given, peak) => {
      const data = (4 * n * variables * side * side) / 2 ** 20;
      const ratio = (needed(n, variables, side, given) + data) / peak;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.4);
    },
  );

  /** Peaks of the training alone, with the data. */
  it.each([
    [128, 2, { 'model.widthFactor': 0.125 }, 716],
    [256, 2, { 'model.widthFactor': 0.125 }, 2040],
    [48, 4, { 'window.batch': 16, 'model.widthFactor': 0.25 }, 1445],
  ])(
    'is about what was measured with CNN and LSTM: %i cells a side, %i fields',
    (side, variables, given, peak) => {
      const data = (4 * 40 * variables * side * side) / 2 ** 20;
      const ratio = (needed(40, variables, side, { ...given, 'model.encoder': 'cnn-lstm' }) + data) / peak;
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.4);
    },
  );
});
