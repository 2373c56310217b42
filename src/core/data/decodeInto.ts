import type { NumericArray } from './dataset';
import { toUnsigned, type Decoder } from './decode';

/**
 * Stored values to physical ones: `scale * stored + offset` in double precision, rounded to float32; NaN where missing.
 * Writes to `target` from `at` on, and returns the number of missing values (NaN and infinite ones included).
 *
 * There is one loop for each kind of array: a loop that meets several kinds is ten times slower.
 */
export function decodeInto(raw: NumericArray, decoder: Decoder, target: Float32Array, at = 0): number {
  if (raw.BYTES_PER_ELEMENT <= 2) {
    const table = tableOf(decoder, raw);
    if (table) return lookUp(raw, table, target, at);
  }
  const values = toUnsigned(raw, decoder.type);
  if (values instanceof Float32Array) return decodeSingle(values, decoder, target, at);
  if (values instanceof Float64Array) return decodeDouble(values, values.length, decoder, target, at);
  return decodeInDoubles(values, decoder, target, at);
}

/** Values that are turned into doubles at a time. */
const block = 4096;
const doubles = new Float64Array(block);
/** A table of all values pays off from this many on. */
const smallest = 1 << 15;

function decodeInDoubles(values: NumericArray, decoder: Decoder, target: Float32Array, at: number): number {
  let missing = 0;
  const wide = values instanceof BigInt64Array || values instanceof BigUint64Array;
  for (let from = 0; from < values.length; from += block) {
    const count = Math.min(block, values.length - from);
    if (wide) for (let i = 0; i < count; i++) doubles[i] = Number(values[from + i]);
    else doubles.set(values.subarray(from, from + count));
    missing += decodeDouble(doubles, count, decoder, target, at + from);
  }
  return missing;
}

/** What each value of 8 or 16 bits, taken as unsigned, becomes, for arrays of one kind. */
interface Table {
  values?: Float32Array;
  /** Values decoded before there was a table. */
  decoded: number;
}
const tables = new WeakMap<Decoder, Map<string, Table>>();

/** The table, once enough values were decoded to pay for it. */
function tableOf(decoder: Decoder, raw: NumericArray): Float32Array | undefined {
  // Of a signed array a decoder of an unsigned type makes an unsigned one; nothing else changes what bits mean.
  const signed = (raw instanceof Int8Array || raw instanceof Int16Array) && !decoder.type.startsWith('u');
  const key = `${signed} ${raw.BYTES_PER_ELEMENT}`;
  let known = tables.get(decoder);
  if (!known) tables.set(decoder, (known = new Map<string, Table>()));
  let table = known.get(key);
  if (!table) known.set(key, (table = { decoded: 0 }));
  table.decoded += raw.length;
  if (!table.values && table.decoded >= smallest) {
    const n = 1 << (8 * raw.BYTES_PER_ELEMENT);
    const all = Float64Array.from({ length: n }, (_, i) => (signed && i >= n / 2 ? i - n : i));
    table.values = new Float32Array(n);
    decodeDouble(all, n, decoder, table.values, 0);
  }
  return table.values;
}

function lookUp(raw: NumericArray, table: Float32Array, target: Float32Array, at: number): number {
  const { buffer, byteOffset, length } = raw;
  return raw.BYTES_PER_ELEMENT === 1
    ? lookUp8(new Uint8Array(buffer, byteOffset, length), table, target, at)
    : lookUp16(new Uint16Array(buffer, byteOffset, length), table, target, at);
}

function lookUp8(values: Uint8Array, table: Float32Array, target: Float32Array, at: number): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = table[values[i]];
    target[at + i] = value;
    if (value !== value) missing++;
  }
  return missing;
}

function lookUp16(values: Uint16Array, table: Float32Array, target: Float32Array, at: number): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = table[values[i]];
    target[at + i] = value;
    if (value !== value) missing++;
  }
  return missing;
}

function decodeSingle(values: Float32Array, decoder: Decoder, target: Float32Array, at: number): number {
  const { scale, offset, missing: absent, minimum, maximum } = decoder;
  if (absent.length > 2 || minimum > -Infinity || maximum < Infinity) {
    return decodeInDoubles(values, decoder, target, at);
  }
  // NaN equals nothing.
  const [first = NaN, second = NaN] = absent;
  if (scale === 1 && Object.is(offset, -0)) return copySingle(values, first, second, target, at);
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const stored = values[i];
    let value = stored === first || stored === second ? NaN : Math.fround(stored * scale + offset);
    // NaN for NaN and infinite values.
    if (value - value !== 0) {
      value = NaN;
      missing++;
    }
    target[at + i] = value;
  }
  return missing;
}

/**
 * Values that are neither scaled nor shifted. What is missing is usually far larger than what is not: one comparison of
 * bits, which grow as absolute values do, tells for most values that they are there.
 */
function copySingle(
  values: Float32Array,
  first: number,
  second: number,
  target: Float32Array,
  at: number,
): number {
  target.set(values, at);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const [a, b] = new Int32Array(new Float32Array([Math.abs(first), Math.abs(second)]).buffer);
  const infinite = 0x7f800000;
  const suspect = Math.min(a, b, infinite);
  const sign = 0x7fffffff;
  let missing = 0;
  for (let i = 0; i < bits.length;) {
    const end = Math.min(bits.length, i + 4);
    if (
      end - i === 4 &&
      (bits[i] & sign) < suspect &&
      (bits[i + 1] & sign) < suspect &&
      (bits[i + 2] & sign) < suspect &&
      (bits[i + 3] & sign) < suspect
    ) {
      i = end;
      continue;
    }
    for (; i < end; i++) {
      const stored = values[i];
      if (stored === first || stored === second || stored - stored !== 0) {
        target[at + i] = NaN;
        missing++;
      }
    }
  }
  return missing;
}

function decodeDouble(
  values: Float64Array,
  count: number,
  decoder: Decoder,
  target: Float32Array,
  at: number,
): number {
  const { scale, offset, minimum, maximum } = decoder;
  const [first = NaN, second = NaN, ...more] = decoder.missing;
  const others = more.length > 0 ? new Set(more) : undefined;
  let missing = 0;
  for (let i = 0; i < count; i++) {
    const stored = values[i];
    const absent =
      stored === first || stored === second || stored < minimum || stored > maximum || others?.has(stored);
    let value = absent ? NaN : Math.fround(stored * scale + offset);
    if (value - value !== 0) {
      value = NaN;
      missing++;
    }
    target[at + i] = value;
  }
  return missing;
}
