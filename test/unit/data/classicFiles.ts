/** Writes small files of the NetCDF classic family, byte by byte after the format's specification. */
export interface ClassicFile {
  readonly version: 1 | 2 | 5;
  /** Number of records; 'streaming' leaves it open. */
  readonly records: number | 'streaming';
  /** Size 0: the record dimension. */
  readonly dimensions: readonly (readonly [string, number])[];
  readonly variables: readonly ClassicFileVariable[];
  /** Where the data begin; default: after the header. */
  readonly dataBegin?: number;
}
export interface ClassicFileVariable {
  readonly name: string;
  readonly type: keyof typeof codes;
  readonly dimensions: readonly number[];
  readonly values: readonly number[];
}

const codes = {
  int8: 1,
  char: 2,
  int16: 3,
  int32: 4,
  float32: 5,
  float64: 6,
  uint8: 7,
  uint16: 8,
  uint32: 9,
  int64: 10,
  uint64: 11,
};
const sizes = {
  int8: 1,
  char: 1,
  int16: 2,
  int32: 4,
  float32: 4,
  float64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int64: 8,
  uint64: 8,
};

/** The file's bytes; `parts` are what lies at which offset, for files with a gap before their data. */
export function classicFile(file: ClassicFile): { bytes: Buffer; parts: { at: number; bytes: Buffer }[] } {
  const isRecord = (v: ClassicFileVariable) =>
    v.dimensions.length > 0 && file.dimensions[v.dimensions[0]][1] === 0;
  const perRecord = (v: ClassicFileVariable) =>
    v.dimensions.slice(isRecord(v) ? 1 : 0).reduce((n, d) => n * file.dimensions[d][1], 1);
  const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;
  const recordVariables = file.variables.filter(isRecord);
  const single = recordVariables.length === 1;
  const partSize = (v: ClassicFileVariable) => {
    const bytes = perRecord(v) * sizes[v.type];
    return isRecord(v) && single ? bytes : padded(bytes);
  };

  const header = (begins: readonly number[]): Buffer => {
    const out: Buffer[] = [Buffer.from([0x43, 0x44, 0x46, file.version])];
    const u32 = (value: number) => out.push(number('uint32', value));
    const u64 = (value: number) => out.push(number('uint64', value));
    const size = file.version === 5 ? u64 : u32;
    const name = (text: string) => {
      const bytes = Buffer.from(text);
      size(bytes.length);
      out.push(bytes, Buffer.alloc(padded(bytes.length) - bytes.length));
    };
    if (file.records === 'streaming') out.push(Buffer.alloc(file.version === 5 ? 8 : 4, 0xff));
    else size(file.records);
    u32(10);
    size(file.dimensions.length);
    for (const [dimension, length] of file.dimensions) {
      name(dimension);
      size(length);
    }
    u32(0);
    size(0);
    u32(11);
    size(file.variables.length);
    file.variables.forEach((v, i) => {
      name(v.name);
      size(v.dimensions.length);
      v.dimensions.forEach(size);
      u32(0);
      size(0);
      u32(codes[v.type]);
      size(partSize(v));
      (file.version === 1 ? u32 : u64)(begins[i]);
    });
    return Buffer.concat(out);
  };

  const headerLength = header(file.variables.map(() => 0)).length;
  let at = file.dataBegin ?? headerLength;
  const begins: number[] = [];
  file.variables.forEach((v, i) => {
    if (isRecord(v)) return;
    begins[i] = at;
    at += partSize(v);
  });
  let recordSize = 0;
  file.variables.forEach((v, i) => {
    if (!isRecord(v)) return;
    begins[i] = at + recordSize;
    recordSize += partSize(v);
  });

  const parts: { at: number; bytes: Buffer }[] = [{ at: 0, bytes: header(begins) }];
  file.variables.forEach((v, i) => {
    const n = perRecord(v);
    for (let r = 0; r * n < v.values.length; r++) {
      const values = v.values.slice(r * n, (r + 1) * n).map((value) => number(v.type, value));
      parts.push({ at: begins[i] + r * (isRecord(v) ? recordSize : 0), bytes: Buffer.concat(values) });
    }
  });
  const end = Math.max(...parts.map((part) => part.at + part.bytes.length));
  const bytes = end < 1 << 24 ? Buffer.alloc(end) : Buffer.alloc(0);
  if (bytes.length > 0) parts.forEach((part) => part.bytes.copy(bytes, part.at));
  return { bytes, parts };
}

function number(type: keyof typeof codes, value: number): Buffer {
  const bytes = Buffer.alloc(sizes[type]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  switch (type) {
    case 'int16':
      view.setInt16(0, value);
      break;
    case 'uint16':
      view.setUint16(0, value);
      break;
    case 'int32':
      view.setInt32(0, value);
      break;
    case 'uint32':
      view.setUint32(0, value);
      break;
    case 'int64':
      view.setBigInt64(0, BigInt(value));
      break;
    case 'uint64':
      view.setBigUint64(0, BigInt(value));
      break;
    case 'float32':
      view.setFloat32(0, value);
      break;
    case 'float64':
      view.setFloat64(0, value);
      break;
    default:
      view.setInt8(0, value);
  }
  return bytes;
}
