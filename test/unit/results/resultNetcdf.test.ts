import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/core/data/open';
import { encodeNetcdf, netcdfName } from '../../../src/core/results/netcdfWriter';
import { composites } from '../../../src/core/results/composites';
import { missingPython, python } from '../evaluation/python';
import { sampleFrames, sampleInfo, sampleResult, type SampleOptions, encoded } from './sampleRun';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

async function written(name: string, options: SampleOptions = {}) {
  const { frames, original } = sampleFrames(options);
  const n = frames.time.values.length;
  // Every step by the one before; the first by none.
  const selfExpression = {
    row: Int32Array.from({ length: n - 1 }, (_, e) => e + 1),
    column: Int32Array.from({ length: n - 1 }, (_, e) => e),
    value: new Float32Array(n - 1).fill(0.5),
  };
  const result = { ...sampleResult(frames), selfExpression };
  const path = join(folder, `${name}.nc`);
  writeFileSync(path, await encoded(frames, result, sampleInfo));
  return { path, frames, original, result };
}

describe('NetCDF writer', () => {
  it('writes every type and attribute so that our reader gives the same', async () => {
    const bytes = encodeNetcdf({
      dimensions: { y: 3, x: 1 },
      attributes: { title: 'été', numbers: Float64Array.of(1.5, -2), count: Int32Array.of(7) },
      variables: [
        { name: 'a', dimensions: ['y'], attributes: {}, data: Int8Array.of(-1, 2, 3) },
        { name: 'b', dimensions: ['y', 'x'], attributes: { units: 'K' }, data: Int16Array.of(-300, 2, 3) },
        { name: 'c', dimensions: ['y'], attributes: {}, data: Int32Array.of(-70000, 2, 3) },
        { name: 'd', dimensions: ['y'], attributes: {}, data: Float32Array.of(-0.5, 2, 3) },
        { name: 'e', dimensions: [], attributes: {}, data: Float64Array.of(Math.PI) },
      ],
    });
    const path = join(folder, 'types.nc');
    writeFileSync(path, bytes);
    const dataset = await openDataset(path);
    const values = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => dataset.read(name)));
    expect(values).toEqual([
      Int8Array.of(-1, 2, 3),
      Int16Array.of(-300, 2, 3),
      Int32Array.of(-70000, 2, 3),
      Float32Array.of(-0.5, 2, 3),
      Float64Array.of(Math.PI),
    ]);
    expect(dataset.attributes).toEqual({ title: 'été', numbers: [1.5, -2], count: 7 });
    expect(dataset.variable('b')).toMatchObject({ dimensions: ['y', 'x'], attributes: { units: 'K' } });
    await dataset.close();
  });

  it('refuses what the format cannot hold', async () => {
    const one = (name: string, dimensions: string[]) => ({
      name,
      dimensions,
      attributes: {},
      data: Int8Array.of(1),
    });
    const encode = (...variables: ReturnType<typeof one>[]) =>
      encodeNetcdf({ dimensions: { x: 2 }, attributes: {}, variables });
    expect(() => encode(one('a', ['x']))).toThrow('1 values instead of 2');
    expect(() => encode(one('a/b', []))).toThrow('not a valid name');
    expect(() => encode(one('a', []), one('a', []))).toThrow('equal names');
    expect(netcdfName('group/t 2m')).toBe('group_t_2m');
  });
});

const missing = missingPython('xarray', 'netCDF4', 'cftime');
describe.skipIf(missing)(`result.nc in xarray${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it.each<[string, SampleOptions, string]>([
    ['standard', {}, '2001-02-28T12:00:00'],
    ['noleap', { calendar: 'noleap', units: 'hours since 2004-02-20 00:00:00' }, ''],
    ['360_day', { calendar: '360_day' }, '2001-02-30T12:00:00'],
    [
      'proleptic_gregorian',
      { calendar: 'proleptic_gregorian', units: 'days since 2001-2-20' },
      '2001-02-28T12:00:00',
    ],
    ['without calendar', { calendar: 'none' }, '2001-02-28T12:00:00'],
  ])('decodes times: %s', async (name, options, contained) => {
    const { path, frames } = await written(name, options);
    const times = python<string[]>(
      `import xarray
d = xarray.open_dataset(path)
t = d.time.values
result = [str(v)[:19] if isinstance(v, np.datetime64) else v.strftime('%Y-%m-%dT%H:%M:%S') for v in t]`,
      {},
      { path },
    );
    expect(times).toEqual(frames.time.iso);
    if (contained) expect(times).toContain(contained);
  });

  it('holds labels, memberships, embedding, shares and composites in the units of the input', async () => {
    const { path, frames, original, result } = await written('values', {
      names: ['t2m', 'pr', 'cluster', 'group/q'],
    });
    const read = python<Record<string, unknown> & { t2m: (number | null)[][][]; label: number[] }>(
      `import xarray
d = xarray.open_dataset(path)
clean = lambda a: json.loads(json.dumps(a.tolist()).replace('NaN', 'null'))
result = dict(label=clean(d.label.values), membership=clean(d.membership.values.ravel()), embedding=clean(d.embedding.values.ravel()),
  spectral=clean(d.spectral_label.values), share=clean(d.cluster_share.values), size=clean(d.cluster_size.values),
  t2m=clean(d.t2m_composite.values), mean=clean(d.pr_mean.values), lat=clean(d.lat.values), lon=clean(d.lon.values),
  units=d.pr_composite.units, meanings=d.label.flag_meanings, flags=clean(d.label.flag_values), conventions=d.Conventions,
  seed=int(d.seed), sha=d.input_sha256, names=sorted(d.variables), input=d.input_files)`,
      {},
      { path },
    );
    expect(read.label).toEqual([...result.labels]);
    expect(read.spectral).toEqual([...(result.spectralLabels as Int32Array)]);
    expect(read.membership).toEqual([...result.softAssignment]);
    expect(read.embedding).toEqual([...result.embedding]);
    expect(read).toMatchObject({
      size: [14, 13, 13, 0],
      units: 'mm d-1',
      meanings: 'cluster_0 cluster_1 cluster_2 cluster_3',
      flags: [0, 1, 2, 3],
      conventions: 'CF-1.8',
      seed: 42,
      sha: sampleInfo.inputs[0].sha256,
      input: '/data/été & <b>.nc',
      lat: [50, 49, 48, 47],
      lon: [-20, -18, -16, -14, -12],
    });
    expect(read.names).toEqual(
      expect.arrayContaining(['cluster_composite', 'group_q_composite', 'group_q_mean']),
    );

    const cells = frames.valid.length;
    for (let k = 0; k < 4; k++) {
      const steps = [...result.labels.keys()].filter((t) => result.labels[t] === k);
      for (let i = 0; i < 20; i++) {
        const ours = read.t2m[k][Math.floor(i / 5)][i % 5];
        if (i === 3 || k === 3) {
          expect(ours).toBeNull();
        } else {
          const mean = steps.reduce((sum, t) => sum + original[t * cells + i], 0) / steps.length;
          expect(Math.abs((ours as number) - mean)).toBeLessThan(1e-3);
        }
      }
    }
  });

  it('says where composites are significant, and by which test', async () => {
    const { path, frames, result } = await written('significance');
    const read = python<Record<string, unknown>>(
      `import xarray
d = xarray.open_dataset(path)
s = d[d.t2m_composite.ancillary_variables]
result = dict(significant=s.values.ravel().tolist(), type=str(s.dtype), dims=list(s.dims), flags=s.flag_values.tolist(),
  flag_type=str(s.flag_values.dtype), meanings=s.flag_meanings, comment=s.comment, f_comment=d.pr_f_statistic.comment,
  f=np.nan_to_num(d.t2m_f_statistic.values.ravel(), nan=-1).tolist(), unit=d.t2m_f_statistic.units,
  f_significant=d[d.t2m_f_statistic.ancillary_variables].values.ravel().tolist())`,
      {},
      { path },
    );
    const maps = await composites(frames, result.labels, 4);
    const ofField = [0, 1, 2, 3].flatMap((k) => [...maps.significant.slice(k * 40, k * 40 + 20)]);
    expect(ofField).toContain(1);
    expect(read).toMatchObject({
      significant: ofField,
      type: 'int8',
      dims: ['cluster', 'lat', 'lon'],
      flags: [0, 1],
      flag_type: 'int8',
      meanings: 'not_significant significant',
      unit: '1',
      f: Array.from(maps.fStatistic.slice(0, 20), (value) => (Number.isNaN(value) ? -1 : value)),
      f_significant: [...maps.fSignificant.slice(0, 20)],
    });
    expect(read.comment).toMatch(
      /two-sided t-test.*effective sample sizes.*false discovery rate.*0\.1 \(Wilks 2016\)/,
    );
    expect(read.f_comment).toMatch(/analysis of variance.*effective sample sizes/);
  });

  it('holds the self-expression as rows, columns and values', async () => {
    const { path } = await written('coefficients');
    const sums = python(
      `import xarray
from scipy import sparse
d = xarray.open_dataset(path)
c = sparse.coo_matrix((d.self_expression_value.values, (d.self_expression_row.values, d.self_expression_column.values)), (40, 40)).toarray()
result = [float(v) for v in (c.sum(), c[0].sum(), c[:, 39].sum(), c[7, 6], c[6, 7])]`,
      {},
      { path },
    );
    expect(sums).toEqual([19.5, 0, 0, 0.5, 0]);
  });

  it('carries two-dimensional coordinates', async () => {
    const { path } = await written('curvilinear', { kind: 'curvilinear' });
    expect(
      python(
        `import xarray
d = xarray.open_dataset(path)
result = [list(d.lat.dims), sorted(d.t2m_composite.coords), d.lon.values[3, 4]]`,
        {},
        { path },
      ),
    ).toEqual([['rlat', 'rlon'], ['cluster', 'lat', 'lon'], 18]);
  });

  it('shows plain step numbers as they are', async () => {
    const { frames } = sampleFrames();
    const values = Float64Array.from({ length: 40 }, (_, t) => t);
    const plain = {
      ...frames,
      time: { values, units: '1', calendar: 'none', iso: Array.from(values, String) },
    } as const;
    const path = join(folder, 'plain.nc');
    writeFileSync(path, await encoded(plain, sampleResult(plain), sampleInfo));
    const code = 'import xarray\nresult = xarray.open_dataset(path).time.values.tolist()';
    expect(python(code, {}, { path })).toEqual([...values]);
  });
});

const noNcdump = spawnSync('ncdump', ['-h', '/dev/null']).error ? 'no ncdump' : undefined;
describe.skipIf(noNcdump)(`result.nc in ncdump${noNcdump ? ` (skipped: ${noNcdump})` : ''}`, () => {
  it('opens', async () => {
    const { path } = await written('ncdump');
    const { status, stdout } = spawnSync('ncdump', ['-k', path], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, '64-bit offset']);
    const text = spawnSync('ncdump', [path], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
    expect(text).toContain('float t2m_composite(cluster, lat, lon) ;');
    expect(text).toContain('t2m_composite:_FillValue = 9.96921e+36f ;');
    expect(text).toContain('time:units = "days since 2001-02-20" ;');
    expect(text).toContain('byte t2m_significant(cluster, lat, lon) ;');
    expect(text).toContain('t2m_significant:flag_values = 0b, 1b ;');
    expect(text).toContain('nonzero = 39 ;');
    expect(text).toContain(' cluster_size = 14, 13, 13, 0 ;');
  });
});
