import { describe, expect, it } from 'vitest';
import { eof } from '../../../src/core/evaluation/eof';
import { rowsInMemory } from '../../../src/core/data/rows';
import { kmeansOfRows } from '../../../src/core/evaluation/kmeansOfRows';
import { accuracy } from '../../../src/core/evaluation/matching';
import { plainProducts as products } from '../../../src/core/evaluation/products';
import type { SyntheticCase, SyntheticOptions } from '../../../src/core/evaluation/synthetic';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { Random } from '../../../src/core/random';

const cells = 3 * 16 * 16;

async function meanAccuracy(name: SyntheticCase, options: SyntheticOptions, seeds = 8): Promise<number> {
  let sum = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { frames, labels } = synthesize(name, new Random(seed), options);
    const rows = rowsInMemory(frames, 365, cells);
    const found = await kmeansOfRows(rows, 5, new Random(seed), { restarts: 10, products });
    sum += accuracy(found.labels, labels);
  }
  return sum / seeds;
}

describe('synthetic fields', () => {
  // What k-means reaches is published with the generators (method.md section 5, means of 3 to 5 seeds); it fixes how hard
  // each case is. The bands are two standard errors of the difference: seeds differ by about .11 in G2 and G7.
  it.each<[string, SyntheticCase, SyntheticOptions, number, number]>([
    ['G1', 'G1', {}, 0.38, 0.05],
    ['G1, noise .5', 'G1', { noise: 0.5 }, 0.39, 0.06],
    ['G2, delta .5', 'G2', { delta: 0.5 }, 0.58, 0.1],
    ['G2, delta 1', 'G2', { delta: 1 }, 0.91, 0.14],
    ['G4', 'G4', {}, 0.43, 0.06],
    ['G6', 'G6', {}, 0.29, 0.07],
    // Published: .56 of three seeds. A NumPy version of the same description gives that for its seeds 0 to 2, and .454 on
    // average over 40 seeds, which is what is compared here.
    ['G7', 'G7', {}, 0.454, 0.09],
  ])('%s: k-means finds as much as it should', async (_, name, options, published, band) => {
    expect(Math.abs((await meanAccuracy(name, options)) - published)).toBeLessThan(band);
  });

  it('have the asked shape, range and regimes, and are the same for the same seed', () => {
    const options = { length: 60, height: 8, width: 12, channels: 2, clusters: 3 };
    for (const name of ['G1', 'G2', 'G4', 'G6', 'G7'] as const) {
      const a = synthesize(name, new Random(3), options);
      expect(a.frames.length).toBe(60 * 2 * 8 * 12);
      expect(a.clusters).toBe(name === 'G6' ? 5 : 3);
      expect(Math.min(...a.frames)).toBe(0);
      expect(Math.max(...a.frames)).toBe(1);
      expect(Math.max(...a.labels)).toBeLessThan(a.clusters);
      expect(synthesize(name, new Random(3), options).frames).toEqual(a.frames);
      expect(synthesize(name, new Random(4), options).frames).not.toEqual(a.frames);
    }
  });

  it('stay in a regime as long as they should', () => {
    const { labels } = synthesize('G1', new Random(5), {
      length: 20000,
      height: 2,
      width: 2,
      channels: 2,
      rank: 1,
    });
    let switches = 0;
    for (let t = 1; t < labels.length; t++) if (labels[t] !== labels[t - 1]) switches++;
    expect(switches / labels.length).toBeCloseTo(0.05, 2);
    for (let k = 0; k < 5; k++) expect(labels.filter((l) => l === k).length / 20000).toBeCloseTo(0.2, 1);
  });

  it('G1 regimes lie in subspaces of the asked rank', () => {
    const { frames, labels } = synthesize('G1', new Random(6), { noise: 0 });
    for (let k = 0; k < 5; k++) {
      const rows = [...labels.keys()].filter((t) => labels[t] === k);
      const x = new Float32Array(rows.length * cells);
      rows.forEach((t, i) => x.set(frames.subarray(t * cells, (t + 1) * cells), i * cells));
      const { explained } = eof(x, rows.length, cells, 5, new Random(1));
      expect(explained[3]).toBeGreaterThan(1e-3);
      expect(explained[4]).toBeLessThan(1e-8);
    }
  });

  it('G6 regimes share one subspace: the wave needs two patterns whatever its speed', () => {
    const { frames } = synthesize('G6', new Random(6), { noise: 0 });
    const { explained } = eof(frames, 365, cells, 3, new Random(1));
    expect(explained[0] + explained[1]).toBeGreaterThan(0.9999);
  });
});
