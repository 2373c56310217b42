import { inflateSync } from 'node:zlib';

/** A numeric array of a MATLAB file, column-major as it is stored. */
export interface MatlabArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Data types of elements (MAT-File Format, table 1-1): bytes of a value and how to read it. */
const types: Readonly<Record<number, readonly [size: number, read: (v: DataView, at: number) => number]>> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at) => v.getInt16(at, true)],
  4: [2, (v, at) => v.getUint16(at, true)],
  5: [4, (v, at) => v.getInt32(at, true)],
  6: [4, (v, at) => v.getUint32(at, true)],
  7: [4, (v, at) => v.getFloat32(at, true)],
  9: [8, (v, at) => v.getFloat64(at, true)],
};
const MATRIX = 14;
const COMPRESSED = 15;

interface Element {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where the next element starts. */
  readonly end: number;
}

/**
 * The full numeric arrays of a little-endian MATLAB 5 file (also compressed, as version 7 writes), by name; other kinds of
 * variables are passed over. After MathWorks' "MAT-File Format". Throws where the file is something else or ends early.
 */
export function readMatlab(file: Uint8Array): Map<string, MatlabArray> {
  const version = view(file).getUint16(124, true);
  const order = String.fromCharCode(file[126], file[127]);
  if (version !== 0x0100 || order !== 'IM') throw new Error('This is no little-endian MATLAB 5 file.');
  const arrays = new Map<string, MatlabArray>();
  for (let at = 128; at < file.length;) {
    const outer = element(file, at);
    // A compressed element is not padded.
    at = outer.type === COMPRESSED ? at + 8 + outer.data.length : outer.end;
    const inner = outer.type === COMPRESSED ? element(inflateSync(outer.data), 0) : outer;
    if (inner.type !== MATRIX) continue;
    const matrix = readMatrix(inner.data);
    if (matrix) arrays.set(matrix.name, matrix.array);
  }
  return arrays;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The element at an offset: its tag of 8 bytes and its data, or both within 8 bytes where the data are at most four. */
function element(bytes: Uint8Array, at: number): Element {
  const v = view(bytes);
  const first = v.getUint32(at, true);
  const short = first >>> 16;
  const [type, size, start] = short
    ? [first & 0xffff, short, at + 4]
    : [first, v.getUint32(at + 4, true), at + 8];
  if (start + size > bytes.length) throw new Error('The MATLAB file ends in the middle of a variable.');
  return {
    type,
    data: bytes.subarray(start, start + size),
    end: short ? at + 8 : start + 8 * Math.ceil(size / 8),
  };
}

/** Name and values of a matrix element; nothing for sparse and complex ones, text, structures and cells. */
function readMatrix(bytes: Uint8Array): { name: string; array: MatlabArray } | undefined {
  const flags = element(bytes, 0);
  const arrayClass = flags.data[0];
  const complex = (flags.data[1] & 0x08) !== 0;
  if (arrayClass < 6 || arrayClass > 13 || complex) return undefined;
  const dimensions = element(bytes, flags.end);
  const name = element(bytes, dimensions.end);
  const values = element(bytes, name.end);
  const array = { shape: Array.from(numbers(dimensions)), values: numbers(values) };
  return { name: Buffer.from(name.data).toString('latin1'), array };
}

function numbers({ type, data }: Element): Float64Array {
  if (!types[type]) throw new Error(`The MATLAB file has numbers of type ${type}, which is not known.`);
  const [size, read] = types[type];
  const v = view(data);
  return Float64Array.from({ length: data.length / size }, (_, i) => read(v, i * size));
}
