import { describe, expect, it } from 'vitest';
import type { NumericArray, Variable } from '../../../src/core/data/dataset';
import { decodeDoubles, decoderOf } from '../../../src/core/data/decode';
import { decodeInto } from '../../../src/core/data/decodeInto';

function decode(
  raw: NumericArray,
  type: Variable['type'],
  attributes: Variable['attributes'],
  attributeTypes: Variable['attributeTypes'] = {},
): { values: number[]; missing: number } {
  const target = new Float32Array(raw.length);
  const missing = decodeInto(raw, decoderOf({ type, attributes, attributeTypes }), target);
  return { values: [...target], missing };
}
const f = Math.fround;

describe('decoding', () => {
  it('scales in double precision and rounds once', () => {
    const scale = 0.000616923170823317;
    const offset = 294.150024414062;
    const { values } = decode(new Int16Array([-1378, 6889]), 'int16', {
      scale_factor: scale,
      add_offset: offset,
    });
    expect(values).toEqual([f(-1378 * scale + offset), f(6889 * scale + offset)]);
  });

  it('takes _FillValue and missing_value, one or several, in the type of the data', () => {
    const attributes = { _FillValue: -9999, missing_value: [1e20, -5] };
    const { values, missing } = decode(new Float32Array([-9999, 1e20, -5, 3]), 'float32', attributes);
    expect(values).toEqual([NaN, NaN, NaN, 3]);
    expect(missing).toBe(3);
  });

  it('compares stored values, not scaled ones', () => {
    const { values } = decode(new Int16Array([5, 10]), 'int16', { _FillValue: 5, scale_factor: 0.5 });
    expect(values).toEqual([NaN, 5]);
  });

  it("applies netCDF's default fill values without _FillValue, but not to bytes", () => {
    expect(decode(new Int16Array([-32767, 1]), 'int16', {}).values).toEqual([NaN, 1]);
    expect(decode(new Int16Array([-32767, 1]), 'int16', { _FillValue: 7 }).values).toEqual([-32767, 1]);
    expect(decode(new Float32Array([9.969209968386869e36]), 'float32', {}).missing).toBe(1);
    expect(decode(new Int8Array([-127, -128]), 'int8', {}).values).toEqual([-127, -128]);
    expect(decode(new BigInt64Array([-9223372036854775806n, 4n]), 'int64', {}).values).toEqual([NaN, 4]);
  });

  it('reads _Unsigned data and attributes as unsigned', () => {
    const attributes = { _Unsigned: 'true', _FillValue: -1, valid_range: [0, -6] };
    expect(decode(new Int8Array([-1, -6, -5, -128, 3]), 'int8', attributes).values).toEqual([
      NaN,
      250,
      NaN,
      128,
      3,
    ]);
  });

  it('heeds valid_range, valid_min and valid_max in packed units', () => {
    const data = new Int16Array([-1, 0, 100, 101]);
    expect(decode(data, 'int16', { valid_range: [0, 100], scale_factor: 2 }).values).toEqual([
      NaN,
      0,
      200,
      NaN,
    ]);
    expect(decode(data, 'int16', { valid_min: 0 }).values).toEqual([NaN, 0, 100, 101]);
    expect(decode(data, 'int16', { valid_max: 0 }).values).toEqual([-1, 0, NaN, NaN]);
  });

  it('takes floating-point limits of packed data as physical', () => {
    const attributes = { valid_range: [0, 200], scale_factor: 2 };
    const types = { valid_range: 'float32' } as const;
    expect(decode(new Int16Array([-1, 0, 100, 101]), 'int16', attributes, types).values).toEqual([
      NaN,
      0,
      200,
      NaN,
    ]);
    const negative = { valid_range: [0, 200], scale_factor: -2 };
    expect(decode(new Int16Array([1, 0, -100, -101]), 'int16', negative, types).values).toEqual([
      NaN,
      // As netCDF4-python has it: the sign of the scale factor.
      -0,
      200,
      NaN,
    ]);
  });

  it('counts NaN and infinite values as missing', () => {
    const { values, missing } = decode(new Float64Array([NaN, Infinity, 1e39, 1]), 'float64', {});
    expect(values).toEqual([NaN, NaN, NaN, 1]);
    expect(missing).toBe(3);
  });

  it('decodes coordinates without loss', () => {
    const decoder = decoderOf({ type: 'float64', attributes: { _FillValue: NaN } });
    expect([...decodeDoubles(new Float64Array([1041417000.5, NaN]), decoder)]).toEqual([1041417000.5, NaN]);
  });
});
