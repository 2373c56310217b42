import { describe, expect, it, vi } from 'vitest';
import {
  affinityFrame,
  cellAt,
  describeCells,
  drawAffinity,
  poolFor,
  spans,
  stepsOf,
} from '../../../webview/affinity/affinityPicture';
import {
  affinityTable,
  blockStarts,
  describeAffinity,
  summarizeAffinity,
} from '../../../webview/affinity/affinityStats';
import { embeddingTable } from '../../../webview/affinity/embeddingStats';
import {
  colorAt,
  colorTable,
  heatPixels,
  heatShare,
  maxPool,
  scaleTop,
} from '../../../webview/affinity/heat';
import {
  type Embedding,
  clusterMedians,
  drawScatterAxes,
  finder,
  groupDots,
  layoutScatter,
  paintDots,
} from '../../../webview/affinity/scatter';
import { drawScatterFile } from '../../../webview/affinity/scatterFile';
import { Slice, type SliceState } from '../../../webview/affinity/slice';
import { timeTicks } from '../../../webview/affinity/timeTicks';
import { walk } from '../../../webview/affinity/walk';
import { daily } from './recorded';

const labels = Int32Array.from([0, 1, 0, 1, 1, 0]);
const byCluster = Int32Array.from([0, 2, 5, 1, 3, 4]);

describe('colours of the affinity', () => {
  it('begin with the ground of the theme, and get steadily lighter or darker', () => {
    for (const dark of [true, false]) {
      const table = colorTable(dark);
      const lightness = Array.from({ length: 256 }, (_, i) => {
        const [r, g, b] = table.subarray(3 * i, 3 * i + 3);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
      expect(colorAt(table, 0)).toBe(dark ? '#000004' : '#ffffff');
      for (let i = 8; i < 256; i += 8) {
        expect((lightness[i] - lightness[i - 8]) * (dark ? 1 : -1)).toBeGreaterThan(0);
      }
    }
  });

  it('let small values be seen, and do not give the scale to a few large ones', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 100 : i % 2));
    expect(scaleTop(values)).toBe(1);
    expect(scaleTop(new Float32Array(3))).toBe(0);
    expect(heatShare(0.001, 1)).toBeCloseTo(0.1);
    expect(heatShare(100, 1)).toBe(1);
    expect(heatShare(0, 0)).toBe(0);
  });

  it('fill all pixels of a cell', () => {
    const table = colorTable(true);
    const pixels = heatPixels(Float32Array.of(0, 1, 1, 0), 2, 1, table, 2);
    const at = (x: number, y: number): number[] => [...pixels.subarray(4 * (4 * y + x), 4 * (4 * y + x) + 4)];
    expect(at(0, 0)).toEqual([...table.subarray(0, 3), 255]);
    expect(at(1, 1)).toEqual(at(0, 0));
    expect(at(2, 1)).toEqual([...table.subarray(765), 255]);
    expect(at(3, 3)).toEqual(at(0, 0));
  });

  it('show the largest of several entries, and remember which', () => {
    // prettier-ignore
    const pooled = maxPool(Float32Array.of(
      0, 1, 0,
      2, 0, 0,
      0, 0, 3), 3, 2);
    expect(pooled.size).toBe(2);
    expect([...pooled.values]).toEqual([2, 0, 0, 3]);
    expect([...pooled.from]).toEqual([3, 2, 6, 8]);
  });
});

describe('the affinity in numbers', () => {
  // Within 0: 6 pairs, within 1: 6, between: 9 in each direction.
  const between = Float64Array.of(12, 9, 9, 0);
  const summary = summarizeAffinity({ between, shifted: 0.35 }, labels, 2);

  it('compares with chance', () => {
    expect(summary.within).toBeCloseTo(0.4);
    expect(summary.byChance).toBeCloseTo(12 / 30);
    // On average, any two steps have 1.
    expect([...summary.ratios]).toEqual([2, 1, 1, 0]);
    expect(describeAffinity(summary)).toContain('40.0% of the affinity lies within clusters');
    expect(describeAffinity(summary)).toContain('at other times, 35.0%');
    expect(describeAffinity({ ...summary, shifted: null })).toMatch(/random it would be 40.0%\.$/);
    expect(
      describeAffinity(summarizeAffinity({ between: new Float64Array(4), shifted: null }, labels, 2)),
    ).toBe('No step is expressed by another one.');
  });

  it('is a table; a cluster of one step has no pairs', () => {
    const { rows } = affinityTable(
      summarizeAffinity({ between, shifted: null }, Int32Array.of(0, 0, 1), 2),
      2,
    );
    expect(rows[1][2]).toMatchObject({ value: null, text: '–' });
    expect(affinityTable(summary, 2).rows[0]).toEqual([
      '0',
      { value: 2, text: '2.00', strong: true },
      { value: 1, text: '1.00', strong: false },
    ]);
  });
});

describe('the picture of the affinity', () => {
  const picture = {
    image: 'data:image/png;base64,AA',
    sortedBy: 'cluster' as const,
    size: 6,
    pool: 1,
    order: byCluster,
    labels,
    times: daily('2008', 6),
    top: 0.8,
    colors: colorTable(false),
  };

  it('is the same for the same data', () => {
    expect(drawAffinity(picture, 300)).toMatchSnapshot('by cluster');
    const byTime = { ...picture, sortedBy: 'time' as const, order: Int32Array.from(labels.keys()) };
    expect(drawAffinity(byTime, 300)).toMatchSnapshot('by time');
  });

  it('knows what is where', () => {
    const frame = affinityFrame(500);
    expect(frame.width).toBe(500);
    expect(affinityFrame(3000).side).toBe(640);
    expect(cellAt(frame, 6, frame.left + 1, frame.top + frame.side - 1)).toEqual({ row: 5, column: 0 });
    expect(cellAt(frame, 6, frame.left - 1, frame.top)).toBeUndefined();
    expect(spans(byCluster, labels)).toEqual([
      { label: 0, from: 0, to: 3 },
      { label: 1, from: 3, to: 6 },
    ]);
  });

  it('has the blocks of the host', () => {
    const [n, m] = [4018, 256];
    const starts = blockStarts(n, m);
    for (let p = 0; p < n; p++) {
      const block = Math.floor((p * m) / n);
      expect(starts[block] <= p && p < starts[block + 1]).toBe(true);
    }
    expect([...stepsOf(byCluster, 3, 1)]).toEqual([5, 1]);
  });

  it('makes cells large enough to be seen, and says what they are', () => {
    expect(poolFor(1500, 1500, 700)).toBe(6);
    expect(poolFor(100, 100, 700)).toBe(1);
    // Means are not pooled.
    expect(poolFor(256, 4018, 300)).toBe(1);
    expect(describeCells({ ...picture, pool: 2 })).toBe('Each cell is the largest of 2 × 2 pairs of steps.');
    expect(describeCells({ ...picture, size: 3 })).toBe(
      'Each cell is the mean over about 2 × 2 pairs of steps.',
    );
    expect(describeCells(picture)).toBe('');
  });
});

describe('ticks of time', () => {
  const labelsOf = (times: readonly string[], most: number): string[] =>
    timeTicks(times, most).map(({ label }) => label);

  it('are months, with the year where one begins', () => {
    expect(labelsOf(daily('2008', 366), 12)[0]).toBe('Jan 2008');
    expect(labelsOf(daily('2008', 366), 12)).toHaveLength(12);
    expect(labelsOf(daily('2008', 366), 5)).toEqual(['Jan 2008', 'Apr', 'Jul', 'Oct']);
    expect(timeTicks(daily('2008', 366), 12)[2].step).toBe(60);
  });

  it('are years where there are many', () => {
    const years = Array.from({ length: 40 }, (_, i) => daily(String(1961 + i), 365)).flat();
    expect(labelsOf(years, 10)).toEqual(['1965', '1970', '1975', '1980', '1985', '1990', '1995', '2000']);
    const winters = years.filter((time) => ['12', '02'].includes(time.slice(5, 7)));
    expect(labelsOf(winters, 4)).toEqual(['1970', '1980', '1990', '2000']);
  });

  it('are what there is for few days, and for data without a calendar', () => {
    expect(labelsOf(daily('2008', 5), 6)).toEqual(['2008-01-01', '2008-01-05']);
    expect(
      labelsOf(
        Array.from({ length: 95 }, (_, i) => String(i / 2)),
        5,
      ),
    ).toEqual(['0', '10', '20', '30', '40']);
  });
});

const embedding: Embedding = {
  method: 'pca',
  points: Float32Array.of(-2, 0, 2, 0, -2, 1, 2, 1, 1, -1, -2, -1),
  explained: [0.7, 0.1],
  labels,
  memberships: Float32Array.of(1, 0, 0, 1, 0.4, 0.6, 0.5, 0.5, 0, 1, 1, 0),
  clusters: 2,
};

describe('the embedding', () => {
  const layout = layoutScatter(embedding, 400);

  it('has the same scale along both axes', () => {
    const { pixels, plot, ticks } = layout;
    expect(pixels[2] - pixels[0]).toBeCloseTo(2 * (pixels[9] - pixels[5]), 3);
    for (let i = 0; i < 12; i += 2) {
      expect(pixels[i] > plot.left && pixels[i] < plot.right).toBe(true);
      expect(pixels[i + 1] > plot.top && pixels[i + 1] < plot.bottom).toBe(true);
    }
    expect(ticks.some(({ axis, label }) => axis === 'y' && label === '−1')).toBe(true);
    expect(layoutScatter({ ...embedding, method: 'umap', explained: null }, 400).ticks).toEqual([]);
  });

  it('is the same picture for the same data', () => {
    expect(drawScatterAxes(embedding, layout)).toMatchSnapshot('axes');
    const style = { line: 'black', throughTime: true, cluster: null };
    const file = drawScatterFile(embedding, layout, style);
    expect(file.match(/<circle /g)).toHaveLength(6 + 2);
    expect(
      drawScatterFile(embedding, layout, style, 'data:image/png;base64,AA').match(/<circle /g),
    ).toHaveLength(2);
  });

  it('is fainter where the cluster is less certain, and beside a chosen cluster', () => {
    const opacity = (chosen: number | null, step: number): number =>
      groupDots(embedding, chosen).find(({ steps }) => steps.includes(step))!.opacity;
    expect(opacity(null, 0)).toBeGreaterThan(opacity(null, 2));
    expect(opacity(1, 0)).toBeLessThan(opacity(1, 3));
    expect(groupDots(embedding, null).flatMap(({ steps }) => steps)).toHaveLength(6);
  });

  it('is painted once a step', () => {
    const calls: Record<string, number> = {};
    const context = new Proxy({} as Record<string, unknown>, {
      get: (target, name: string) =>
        target[name] ?? ((): void => void (calls[name] = (calls[name] ?? 0) + 1)),
    });
    paintDots(context as never, embedding, layout, { line: 'black', throughTime: true, cluster: null });
    expect(calls).toMatchObject({ arc: 6, lineTo: 5, stroke: 1, clearRect: 1 });
  });

  it('finds the step under the pointer', () => {
    const find = finder(layout.pixels);
    expect(find(layout.pixels[6] + 3, layout.pixels[7], 10)).toBe(3);
    expect(find(layout.pixels[6] + 30, layout.pixels[7] - 30, 10)).toBeUndefined();
  });

  it('has the numbers of the clusters at their medians, apart from each other', () => {
    expect(clusterMedians(embedding.points, labels, 3)).toEqual([
      { label: 0, x: -2, y: 0 },
      { label: 1, x: 2, y: 0 },
    ]);
    const together = { ...embedding, points: new Float32Array(12) };
    const placed = [
      ...drawScatterAxes(together, layout).matchAll(/class="number" cx="([\d.]+)" cy="([\d.]+)"/g),
    ];
    const [a, b] = placed.map(([, x, y]) => [Number(x), Number(y)]);
    expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(17);
  });

  it('is a table', () => {
    const { rows } = embeddingTable({ ...embedding, clusters: 3, memberships: null });
    expect(rows[0]).toEqual(['0', 3, -2, 0, expect.closeTo(Math.sqrt(2 / 3), 5), null]);
    expect(rows[2]).toEqual(['2', 0, null, null, null, null]);
  });
});

describe('keys', () => {
  it('walk along time', () => {
    expect(walk('ArrowRight', 3, 10)).toBe(4);
    expect(walk('ArrowRight', 9, 10)).toBe(9);
    expect(walk('ArrowLeft', null, 10)).toBe(0);
    expect(walk('ArrowRight', null, 10)).toBe(0);
    expect(walk('PageDown', 3, 10)).toBe(9);
    expect(walk('Escape', 3, 10)).toBeUndefined();
    expect(walk('Tab', 3, 10)).toBeUndefined();
    expect(walk('ArrowRight', null, 0)).toBeUndefined();
  });
});

describe('a slice of the host', () => {
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  const setUp = () => {
    const states: SliceState<string>[] = [];
    const asked: { resolve(value: string): void; reject(error: Error): void }[] = [];
    const slice = new Slice<string>(
      () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
      (state) => states.push(state),
    );
    return { slice, states, asked };
  };

  it('is asked for again when its key changes, and the old one is kept meanwhile', async () => {
    const { slice, states, asked } = setUp();
    slice.want('1', true);
    slice.want('1', true);
    asked[0].resolve('a');
    await settle();
    expect(states.at(-1)).toEqual({ kind: 'there', value: 'a' });
    slice.want('2', true);
    expect(asked).toHaveLength(2);
    expect(states.at(-1)).toEqual({ kind: 'waiting', old: 'a' });
    slice.want('3', false);
    expect(states.at(-1)).toEqual({ kind: 'waiting', old: undefined });
  });

  it('is asked for once at a time, and an answer to an older key is thrown away', async () => {
    const { slice, states, asked } = setUp();
    slice.want('1', true);
    slice.want('2', true);
    slice.want('3', true);
    expect(asked).toHaveLength(1);
    asked[0].resolve('old');
    await settle();
    expect(states.some((state) => state.kind === 'there')).toBe(false);
    expect(asked).toHaveLength(2);
    asked[1].resolve('new');
    await settle();
    expect(states.at(-1)).toEqual({ kind: 'there', value: 'new' });
    expect(asked).toHaveLength(2);
  });

  it('leaves the processor alone between answers that take long', async () => {
    vi.useFakeTimers();
    try {
      const { slice, asked } = setUp();
      slice.want('1', true, 4);
      vi.advanceTimersByTime(1000);
      asked[0].resolve('a');
      await settle();
      slice.want('2', true, 4);
      slice.want('3', true, 4);
      vi.advanceTimersByTime(3900);
      expect(asked).toHaveLength(1);
      vi.advanceTimersByTime(200);
      expect(asked).toHaveLength(2);
      asked[1].resolve('b');
      await settle();
      // What the user asks for does not wait.
      slice.want('4', false);
      expect(asked).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says why it was refused, and comes back', async () => {
    const { slice, states, asked } = setUp();
    slice.want('1', true);
    asked[0].reject(new Error('No embedding yet.'));
    await settle();
    expect(states.at(-1)).toEqual({ kind: 'refused', reason: 'No embedding yet.', old: undefined });
    slice.want('2', true);
    asked[1].resolve('a');
    await settle();
    slice.clear();
    expect(states.at(-1)).toEqual({ kind: 'none' });
    slice.want('2', true);
    expect(asked).toHaveLength(3);
  });
});
