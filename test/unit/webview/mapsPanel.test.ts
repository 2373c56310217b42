import { describe, expect, it } from 'vitest';
import { type SeriesSnapshot, emptyRun } from '../../../src/protocol/panel';
import { emptyState } from '../../../webview/maps/emptyState';
import { fieldMaps } from '../../../webview/maps/fieldMaps';
import { countLabels, planSections, slicesOf } from '../../../webview/maps/plan';
import { type Slice, type SliceKey, Slices } from '../../../webview/maps/slices';
import { StepSlices } from '../../../webview/maps/stepSlices';
import { describeMap, describeShow, describeSize, mapTable } from '../../../webview/maps/words';
import { rectilinearGrid } from './mapSupport';

const series: SeriesSnapshot = {
  version: 1,
  clusters: 3,
  times: ['2008-01-01T00:00:00', '2008-01-02T00:00:00', '2008-01-03T00:00:00', '2008-01-04T00:00:00'],
  labels: Int32Array.from([2, 0, 0, 0]),
  memberships: null,
};
const air = { name: 'air', longName: 'Air temperature', units: 'K' };
const slice = (values: number[], version = 1): Slice => ({
  values: Float32Array.from(values),
  significant: Uint8Array.from(values, (_, i) => i % 2),
  range: { mean: [0, 10], anomaly: 5, f: 9 },
  version,
});
/** Lets answers arrive. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('the plan', () => {
  it('has a map for each cluster, also for an empty one, which is not asked for', () => {
    const [section] = planSections({ fields: [1], show: 'mean', series, step: null });
    expect(section.tiles.map(({ role, cluster, count }) => [role, cluster, count])).toEqual([
      ['overall', null, 4],
      ['cluster', 0, 3],
      ['cluster', 1, 0],
      ['cluster', 2, 1],
    ]);
    expect(section.slices).toEqual([
      { field: 1, layer: 'overall', index: 0 },
      { field: 1, layer: 'mean', index: 0 },
      { field: 1, layer: 'mean', index: 2 },
    ]);
    expect(section.selected).toEqual([]);
    expect(countLabels(series)).toEqual([3, 0, 1]);
  });

  it('puts the selected step beside its cluster', () => {
    const [section] = planSections({ fields: [0], show: 'anomaly', series, step: 0 });
    expect(section.selected.map(({ role, cluster, step }) => [role, cluster, step])).toEqual([
      ['step', 2, 0],
      ['stepCluster', 2, null],
    ]);
    expect(planSections({ fields: [0], show: 'difference', series, step: 0 })[0].selected).toEqual([]);
    expect(planSections({ fields: [0], show: 'mean', series, step: 99 })[0].selected).toEqual([]);
  });

  it('has one map for differences', () => {
    const [section] = planSections({ fields: [0], show: 'difference', series, step: null });
    expect(section.tiles.map(({ role }) => role)).toEqual(['difference']);
    expect(section.slices).toEqual([{ field: 0, layer: 'f', index: 0 }]);
  });
});

describe('maps of a field', () => {
  const keys = slicesOf(0, 'mean', [3, 0, 1]);
  const known = [slice([5, 5]), slice([4, 7]), slice([9, NaN])].map((one) => ({ slice: one }));

  it('share the range of all means', () => {
    const maps = fieldMaps(air, 'mean', keys, known);
    expect(maps.scale).toMatchObject({ low: 0, high: 10, diverging: false });
    expect([...maps.clusters.keys()]).toEqual([0, 2]);
    expect(maps.clusters.get(0)).toEqual({ values: Float32Array.from([4, 7]), significant: null });
  });

  it('are anomalies from the mean of all steps, with dots', () => {
    const maps = fieldMaps(air, 'anomaly', keys, known);
    expect(maps.clusters.get(0)).toEqual({
      values: Float32Array.from([-1, 2]),
      significant: Uint8Array.from([0, 1]),
    });
    expect(maps.scale).toMatchObject({ low: -4, high: 4, diverging: true });
    expect(maps.reference).toEqual(Float32Array.from([5, 5]));
  });

  it('say why one is missing', () => {
    const maps = fieldMaps(air, 'anomaly', keys, [known[0], { refusal: 'Gone.' }, known[2]]);
    expect(maps.clusters.get(0)).toBe('Gone.');
    expect(typeof maps.clusters.get(2)).toBe('object');
    const none = fieldMaps(
      air,
      'mean',
      keys,
      keys.map(() => ({ refusal: 'Gone.' })),
    );
    expect(none.whole).toBe('Gone.');
    expect(none.scale.high).toBeGreaterThan(none.scale.low);
  });
});

describe('slices', () => {
  const keys: SliceKey[] = [
    { field: 0, layer: 'overall', index: 0 },
    { field: 0, layer: 'mean', index: 0 },
  ];

  it('change together when the labels have changed, and old ones stay until then', async () => {
    const pending: { layer: string; resolve: (answer: Slice) => void }[] = [];
    let changes = 0;
    const slices = new Slices(
      ({ layer }) => new Promise((resolve) => pending.push({ layer, resolve })),
      () => changes++,
    );
    slices.setVersion(1);
    expect(slices.want(keys)).toBeUndefined();
    expect(slices.want(keys)).toBeUndefined();
    expect(pending.map(({ layer }) => layer)).toEqual(['overall', 'mean']);
    pending.forEach(({ resolve }) => resolve(slice([1])));
    await settle();
    const first = slices.want(keys)!;
    expect(first).toHaveLength(2);
    expect(changes).toBe(1);

    slices.setVersion(2);
    expect(slices.want(keys)).toEqual(first);
    pending[2].resolve(slice([2], 2));
    await settle();
    expect(slices.want(keys)).toEqual(first);
    expect(changes).toBe(1);
    pending[3].resolve(slice([3], 2));
    await settle();
    expect(slices.want(keys)!.map((known) => known.slice!.values[0])).toEqual([2, 3]);
    expect(changes).toBe(2);
    expect(pending).toHaveLength(4);
  });

  it('that are refused have a reason, and answers to another run are not taken', async () => {
    const slices = new Slices(
      () => Promise.reject(new Error('No labels yet.')),
      () => undefined,
    );
    slices.setVersion(1);
    slices.want(keys);
    await settle();
    expect(slices.want(keys)!.map(({ refusal }) => refusal)).toEqual(['No labels yet.', 'No labels yet.']);
    slices.clear();
    slices.want(keys);
    slices.clear();
    await settle();
    expect(slices.want(keys)).toBeUndefined();
  });

  it('of single steps are asked for one at a time, and the last wish counts', async () => {
    const asked: number[] = [];
    const steps = new StepSlices(
      ({ index }) => {
        asked.push(index);
        return Promise.resolve(slice([index]));
      },
      () => undefined,
    );
    for (const step of [5, 6, 7, 8]) expect(steps.want(0, step)).toBeUndefined();
    await settle();
    expect(asked).toEqual([5, 8]);
    expect(steps.want(0, 8)).toMatchObject({ step: 8, slice: { values: Float32Array.from([8]) } });
  });
});

describe('words', () => {
  const [section] = planSections({ fields: [0], show: 'anomaly', series, step: 0 });

  it('of a map say cluster, field and range', () => {
    expect(describeMap(section.tiles[0], 'anomaly', air, '', [-1.5, 2])).toBe(
      'Cluster 0, anomaly of Air temperature, −1.500 to 2.000 K',
    );
    expect(describeMap(section.selected[0], 'mean', air, '1 Jan 2008', [NaN, NaN])).toBe(
      '1 Jan 2008, Air temperature, no values',
    );
    expect(section.tiles.map(describeSize)).toEqual(['75.0% · 3 steps', 'no time steps', '25.0% · 1 step']);
    expect(describeShow('anomaly', true)).toContain('significant');
    expect(describeShow('mean', true)).not.toContain('significant');
  });

  it('of the table are means weighed by area, lows and highs', () => {
    const keys = slicesOf(0, 'mean', [3, 0, 1]);
    const maps = fieldMaps(air, 'mean', keys, [
      { slice: slice([2, 8]) },
      { slice: slice([1, 4]) },
      { refusal: 'Gone.' },
    ]);
    const grid = rectilinearGrid(Float64Array.from([0, 60]), Float64Array.from([0]));
    const table = mapTable('mean', [air], new Map([[0, maps]]), grid);
    expect(table.caption).toContain('by their area');
    expect(table.rows).toEqual([
      ['Air temperature', 'all steps', expect.closeTo(4, 6), 2, 8, 'K'],
      ['Air temperature', '0', expect.closeTo(2, 6), 1, 4, 'K'],
      ['Air temperature', '2', null, null, null, 'K'],
    ]);
  });

  it('in place of maps say what to do, and escape what comes from outside', () => {
    expect(emptyState(emptyRun, false, '')).toContain('data-action="clusterFile"');
    expect(emptyState({ ...emptyRun, state: 'running', clusters: 7 }, false, '')).toContain(
      'each of 7 clusters',
    );
    expect(emptyState({ ...emptyRun, state: 'interrupted', canResume: true }, false, '')).toContain(
      'data-action="resume"',
    );
    expect(emptyState({ ...emptyRun, state: 'finished' }, true, '<gone>')).toBe('<p>&lt;gone&gt;</p>');
  });
});
