import type { AttributeValue, NumericArray, Variable, VariableType } from './dataset';

/** netCDF's default fill values (netcdf.h), which stand where nothing was written. None for bytes: all 256 values are data there. */
const defaultFill: Partial<Record<VariableType, number>> = {
  int16: -32767,
  uint16: 65535,
  int32: -2147483647,
  uint32: 4294967295,
  // As a double: int64 values are compared as doubles, so those within 512 of the fill value count as missing, too.
  int64: -(2 ** 63),
  uint64: 2 ** 64,
  float32: 9.969209968386869e36,
  float64: 9.969209968386869e36,
};

const unsignedOf: Partial<Record<VariableType, VariableType>> = {
  int8: 'uint8',
  int16: 'uint16',
  int32: 'uint32',
  int64: 'uint64',
};

/** How the stored values of a variable become physical ones. */
export interface Decoder {
  /** As stored, after `_Unsigned` was heeded. */
  readonly type: VariableType;
  readonly scale: number;
  readonly offset: number;
  /** Stored values that stand for "missing". */
  readonly missing: readonly number[];
  /** Stored values outside [minimum, maximum] are missing. */
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Reads the decoding attributes of a variable by the NetCDF User's Guide (appendix A) and CF-1.8 (sections 2.5.1 and 8.1):
 * `scale_factor`, `add_offset`, `_Unsigned`, `_FillValue`, `missing_value` (one or several), `valid_range`, `valid_min`,
 * `valid_max`. All but the first two are in the type and units of the stored data; only limits given in floating point
 * for data packed into integers are taken as physical. Without `_FillValue` netCDF's default counts as missing.
 */
export function decoderOf(variable: Pick<Variable, 'type' | 'attributes' | 'attributeTypes'>): Decoder {
  const { attributes } = variable;
  const unsigned = String(attributes['_Unsigned'] ?? '').toLowerCase() === 'true';
  const type = (unsigned && unsignedOf[variable.type]) || variable.type;
  const stored = (name: string): number[] => numbers(attributes[name]).map((value) => asStored(value, type));

  const scale = numbers(attributes['scale_factor'])[0] ?? 1;
  // Adding -0 changes nothing; adding 0 would make 0 of -0.
  const offset = numbers(attributes['add_offset'])[0] ?? -0;

  const fill = stored('_FillValue');
  const missing = [...fill, ...stored('missing_value')];
  if (fill.length === 0 && defaultFill[type] !== undefined) missing.push(asStored(defaultFill[type], type));

  const packed = (scale !== 1 || offset !== 0) && !type.startsWith('float');
  const limit = (name: string, index: number): number | undefined => {
    const value = numbers(attributes[name])[index];
    if (value === undefined || Number.isNaN(value)) return undefined;
    const physical = packed && (variable.attributeTypes?.[name] ?? type).startsWith('float');
    return physical ? (value - offset) / scale : asStored(value, type);
  };
  let minimum = limit('valid_range', 0) ?? limit('valid_min', 0) ?? -Infinity;
  let maximum = limit('valid_range', 1) ?? limit('valid_max', 0) ?? Infinity;
  // Physical limits change places under a negative scale factor. Limits that are the wrong way round otherwise say nothing.
  if (minimum > maximum) [minimum, maximum] = scale < 0 ? [maximum, minimum] : [-Infinity, Infinity];
  return { type, scale, offset, missing: [...new Set(missing)], minimum, maximum };
}

/** Stored values as physical doubles, NaN where missing: for coordinates. */
export function decodeDoubles(raw: NumericArray, decoder: Decoder): Float64Array {
  const values = toUnsigned(raw, decoder.type);
  const missing = new Set(decoder.missing);
  return Float64Array.from({ length: values.length }, (_, i) => {
    const stored = Number(values[i]);
    const absent = missing.has(stored) || stored < decoder.minimum || stored > decoder.maximum;
    return absent ? NaN : stored * decoder.scale + decoder.offset;
  });
}

export function toUnsigned(raw: NumericArray, type: VariableType): NumericArray {
  const { buffer, byteOffset, length } = raw;
  if (raw instanceof Int8Array && type === 'uint8') return new Uint8Array(buffer, byteOffset, length);
  if (raw instanceof Int16Array && type === 'uint16') return new Uint16Array(buffer, byteOffset, length);
  if (raw instanceof Int32Array && type === 'uint32') return new Uint32Array(buffer, byteOffset, length);
  if (raw instanceof BigInt64Array && type === 'uint64')
    return new BigUint64Array(buffer, byteOffset, length);
  return raw;
}

/** An attribute's value as it would be stored in the variable: writers often give it in a wider or a signed type. */
function asStored(value: number, type: VariableType): number {
  switch (type) {
    case 'float32':
      return Math.fround(value);
    case 'uint8':
      return value < 0 ? value + 2 ** 8 : value;
    case 'uint16':
      return value < 0 ? value + 2 ** 16 : value;
    case 'uint32':
      return value < 0 ? value + 2 ** 32 : value;
    case 'uint64':
      return value < 0 ? value + 2 ** 64 : value;
    default:
      return value;
  }
}

/** The numbers in an attribute; text that is a number counts, as careless writers store it so. */
export function numbers(value: AttributeValue | undefined): number[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value])
    .map((entry) => (typeof entry === 'string' && entry.trim() === '' ? NaN : Number(entry)))
    .filter((entry) => !Number.isNaN(entry));
}
