/**
 * Writes NetCDF classic files, 64-bit offset variant (CDF-2), without record dimension. Format: NetCDF User's Guide,
 * "File Format Specifications". Our own because no maintained JavaScript library writes NetCDF (`netcdfjs` only reads,
 * `netcdf4` is an abandoned native binding).
 */

export type ClassicArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Strings become char attributes (UTF-8), numbers doubles; typed arrays keep their type. */
export type ClassicAttribute = string | number | ClassicArray;

export interface ClassicVariable {
  readonly name: string;
  /** Names of the dimensions, slowest first. */
  readonly dimensions: readonly string[];
  readonly attributes: Readonly<Record<string, ClassicAttribute>>;
  /** Row-major. */
  readonly data: ClassicArray;
}

export interface ClassicDataset {
  /** Name -> size. */
  readonly dimensions: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, ClassicAttribute>>;
  readonly variables: readonly ClassicVariable[];
}

const NC_DIMENSION = 10;
const NC_VARIABLE = 11;
const NC_ATTRIBUTE = 12;
const NC_CHAR = 2;

/** nc_type of each element type. */
function typeCode(data: ClassicArray): number {
  if (data instanceof Int8Array) return 1;
  if (data instanceof Int16Array) return 3;
  if (data instanceof Int32Array) return 4;
  return data instanceof Float32Array ? 5 : 6;
}

const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;

/**
 * The bytes of the file. Throws when names are invalid or repeated, when data do not fill their dimensions, or when a
 * variable exceeds the format's limit of 4 GiB.
 */
export function encodeNetcdf({ dimensions, attributes, variables }: ClassicDataset): Uint8Array {
  const names = Object.keys(dimensions);
  const idOf = (variable: string, dimension: string) => {
    const id = names.indexOf(dimension);
    if (id < 0) throw new Error(`The variable "${variable}" has the unknown dimension "${dimension}".`);
    return id;
  };
  if (new Set(variables.map((v) => v.name)).size < variables.length)
    throw new Error('Variables have equal names.');
  for (const { name, dimensions: dims, data } of variables) {
    const size = dims.reduce((product, dimension) => product * dimensions[dimension], 1);
    if (data.length !== size)
      throw new Error(`The variable "${name}" has ${data.length} values instead of ${size}.`);
    if (data.byteLength > 2 ** 32 - 4)
      throw new Error(`The variable "${name}" is too large for this format.`);
  }

  const header = (begins: readonly number[]): Sink => {
    const sink = new Sink();
    sink.bytes(Uint8Array.of(0x43, 0x44, 0x46, 2));
    sink.int32(0);
    sink.list(NC_DIMENSION, names.length);
    for (const name of names) {
      sink.name(name);
      // A size of 0 would declare the record dimension.
      if (!(dimensions[name] > 0)) throw new Error(`The dimension "${name}" has size ${dimensions[name]}.`);
      sink.int32(dimensions[name]);
    }
    sink.attributes(attributes);
    sink.list(NC_VARIABLE, variables.length);
    variables.forEach((variable, i) => {
      sink.name(variable.name);
      sink.int32(variable.dimensions.length);
      for (const dimension of variable.dimensions) sink.int32(idOf(variable.name, dimension));
      sink.attributes(variable.attributes);
      sink.int32(typeCode(variable.data));
      sink.int32(padded(variable.data.byteLength));
      sink.int64(begins[i]);
    });
    return sink;
  };

  // Offsets have a fixed width, so the header's length does not depend on them.
  let at = header(variables.map(() => 0)).length;
  const begins = variables.map(({ data }) => {
    const begin = at;
    at += padded(data.byteLength);
    return begin;
  });
  const file = new Uint8Array(at);
  header(begins).copyTo(file);
  variables.forEach(({ data }, i) => file.set(bigEndianBytes(data), begins[i]));
  return file;
}

/** A name that NetCDF allows, close to `text`: no slashes, control characters or leading signs. */
export function netcdfName(text: string): string {
  const name = text
    .normalize('NFC')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f/\s]+/g, '_')
    .replace(/^[^\p{L}\p{N}_]+/u, '_');
  return name === '' ? '_' : name;
}

/** Values in big-endian order. */
function bigEndianBytes(data: ClassicArray): Uint8Array {
  const bytes = Buffer.from(data.slice().buffer as ArrayBuffer);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 0) return bytes;
  switch (data.BYTES_PER_ELEMENT) {
    case 2:
      return bytes.swap16();
    case 4:
      return bytes.swap32();
    case 8:
      return bytes.swap64();
    default:
      return bytes;
  }
}

/** Collects the header's parts, each padded to four bytes. */
class Sink {
  length = 0;
  private readonly parts: Uint8Array[] = [];

  bytes(part: Uint8Array): void {
    this.parts.push(part);
    this.length += part.length;
    const padding = padded(part.length) - part.length;
    if (padding > 0) {
      this.parts.push(new Uint8Array(padding));
      this.length += padding;
    }
  }

  int32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value >>> 0);
    this.bytes(part);
  }

  int64(value: number): void {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(BigInt(value));
    this.bytes(part);
  }

  name(text: string): void {
    if (netcdfName(text) !== text) throw new Error(`"${text}" is not a valid name in NetCDF.`);
    const utf8 = Buffer.from(text, 'utf8');
    this.int32(utf8.length);
    this.bytes(utf8);
  }

  /** Tag and count of a list; an absent list is two zeros. */
  list(tag: number, count: number): void {
    this.int32(count === 0 ? 0 : tag);
    this.int32(count);
  }

  attributes(attributes: Readonly<Record<string, ClassicAttribute>>): void {
    const entries = Object.entries(attributes);
    this.list(NC_ATTRIBUTE, entries.length);
    for (const [name, value] of entries) {
      this.name(name);
      if (typeof value === 'string') {
        const utf8 = Buffer.from(value, 'utf8');
        this.int32(NC_CHAR);
        this.int32(utf8.length);
        this.bytes(utf8);
      } else {
        const data = typeof value === 'number' ? Float64Array.of(value) : value;
        this.int32(typeCode(data));
        this.int32(data.length);
        this.bytes(bigEndianBytes(data));
      }
    }
  }

  copyTo(target: Uint8Array): void {
    let at = 0;
    for (const part of this.parts) {
      target.set(part, at);
      at += part.length;
    }
  }
}
