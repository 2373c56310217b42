import { UserError } from '../errors';
import type { AttributeValue, VariableType } from './dataset';

/** Bytes on disk of one value of each type that can be read. */
export const bytesPerValue: Readonly<Record<Exclude<VariableType, 'string' | 'other'>, number>> = {
  int8: 1,
  uint8: 1,
  char: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};
export type ClassicType = keyof typeof bytesPerValue;

export interface ClassicVariable {
  readonly name: string;
  readonly type: ClassicType;
  readonly dimensionIds: readonly number[];
  readonly attributes: Record<string, AttributeValue>;
  readonly attributeTypes: Record<string, ClassicType>;
  /** Byte of its first value. */
  readonly begin: number;
}

export interface ClassicHeader {
  /** Undefined when the writer did not say ("streaming"): it follows from the file's size then. */
  readonly records: number | undefined;
  /** Size 0 marks the record dimension. */
  readonly dimensions: readonly { readonly name: string; readonly size: number }[];
  readonly attributes: Record<string, AttributeValue>;
  readonly variables: readonly ClassicVariable[];
}

/** The header goes on after the bytes that were given. */
export class HeaderContinues extends Error {}

/** The codes of the external types; 7 to 11 occur in CDF-5 only. */
const types: readonly (ClassicType | undefined)[] = [
  undefined,
  'int8',
  'char',
  'int16',
  'int32',
  'float32',
  'float64',
  'uint8',
  'uint16',
  'uint32',
  'int64',
  'uint64',
];
const dimensionTag = 10;
const variableTag = 11;
const attributeTag = 12;

/**
 * Parses the header of a CDF-1, CDF-2 or CDF-5 file (NetCDF User's Guide, appendix B, "File Format Specifications").
 * `bytes` is the beginning of the file. Throws {@link HeaderContinues} when the header is longer, and a UserError when it
 * is damaged or runs past the end of the file. No count in it is trusted before the file is large enough to bear it out.
 */
export function parseClassicHeader(
  bytes: Uint8Array,
  version: 1 | 2 | 5,
  fileSize: number,
  path: string,
): ClassicHeader {
  const parser = new Parser(bytes, version, fileSize, path);
  return parser.header();
}

class Parser {
  private readonly view: DataView;
  private position = 4;
  private readonly utf8 = new TextDecoder();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly version: 1 | 2 | 5,
    private readonly fileSize: number,
    private readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header(): ClassicHeader {
    const records = this.records();
    const dimensions = this.list(dimensionTag, 'dimensions', 8, () => ({
      name: this.name(),
      size: this.nonNegative(),
    }));
    const unlimited = dimensions.filter((dimension) => dimension.size === 0);
    if (unlimited.length > 1) this.damaged('it has more than one record dimension');
    const { values: attributes } = this.attributes();
    const variables = this.list(variableTag, 'variables', 28, () => this.variable(dimensions));
    return { records, dimensions, attributes, variables };
  }

  private records(): number | undefined {
    if (this.version === 5) {
      const records = this.uint64();
      return records === 0xffffffffffffffffn ? undefined : this.checked(records);
    }
    const records = this.uint32();
    return records === 0xffffffff ? undefined : records;
  }

  private variable(dimensions: ClassicHeader['dimensions']): ClassicVariable {
    const name = this.name();
    const rank = this.count(this.version === 5 ? 8 : 4, `the dimensions of variable "${name}"`);
    const dimensionIds: number[] = [];
    for (let i = 0; i < rank; i++) {
      const id = this.nonNegative();
      if (id >= dimensions.length) this.damaged(`variable "${name}" has a dimension that does not exist`);
      if (i > 0 && dimensions[id].size === 0) {
        this.damaged(`the record dimension of variable "${name}" is not its first one`);
      }
      dimensionIds.push(id);
    }
    const { values: attributes, types: attributeTypes } = this.attributes();
    const type = this.type(`variable "${name}"`);
    // The stored size is redundant, and 32 bits are too few for it in large files: it is computed anew instead.
    this.nonNegative();
    const begin = this.version === 1 ? this.uint32() : this.checked(this.uint64());
    return { name, type, dimensionIds, attributes, attributeTypes, begin };
  }

  private attributes(): { values: Record<string, AttributeValue>; types: Record<string, ClassicType> } {
    const values: Record<string, AttributeValue> = {};
    const attributeTypes: Record<string, ClassicType> = {};
    this.list(attributeTag, 'attributes', 12, () => {
      const name = this.name();
      const type = this.type(`attribute "${name}"`);
      const size = bytesPerValue[type];
      const count = this.count(size, `the values of attribute "${name}"`);
      values[name] = this.attributeValue(type, count);
      attributeTypes[name] = type;
      this.skipPadding(count * size);
    });
    return { values, types: attributeTypes };
  }

  private attributeValue(type: ClassicType, count: number): AttributeValue {
    const start = this.take(count * bytesPerValue[type]);
    if (type === 'char') {
      return this.utf8.decode(this.bytes.subarray(start, start + count)).replace(/\0+$/, '');
    }
    const size = bytesPerValue[type];
    const values: number[] = [];
    for (let i = 0; i < count; i++) values.push(this.number(type, start + i * size));
    return count === 1 ? values[0] : values;
  }

  private number(type: ClassicType, at: number): number {
    switch (type) {
      case 'int8':
        return this.view.getInt8(at);
      case 'int16':
        return this.view.getInt16(at);
      case 'uint16':
        return this.view.getUint16(at);
      case 'int32':
        return this.view.getInt32(at);
      case 'uint32':
        return this.view.getUint32(at);
      case 'int64':
        return Number(this.view.getBigInt64(at));
      case 'uint64':
        return Number(this.view.getBigUint64(at));
      case 'float32':
        return this.view.getFloat32(at);
      case 'float64':
        return this.view.getFloat64(at);
      default:
        return this.view.getUint8(at);
    }
  }

  /** A tagged list; `leastBytes` is the least that one element takes on disk. */
  private list<T>(tag: number, what: string, leastBytes: number, element: () => T): T[] {
    const found = this.uint32();
    const length = this.count(leastBytes, `the list of ${what}`);
    if (found !== tag && !(found === 0 && length === 0)) {
      this.damaged(`where its list of ${what} should begin, there is something else`);
    }
    const elements: T[] = [];
    for (let i = 0; i < length; i++) elements.push(element());
    return elements;
  }

  private name(): string {
    const length = this.count(1, 'a name');
    const start = this.take(length);
    this.skipPadding(length);
    // Some writers count the NUL at the end of a C string.
    return this.utf8.decode(this.bytes.subarray(start, start + length)).replace(/\0+$/, '');
  }

  private type(of: string): ClassicType {
    const code = this.uint32();
    const type = types[code];
    if (type === undefined || (this.version !== 5 && code > 6)) {
      return this.damaged(`${of} has the type ${code}, which does not exist`);
    }
    return type;
  }

  /** A count of things of which each takes `bytesEach` at least; damaged when the rest of the file is too short. */
  private count(bytesEach: number, what: string): number {
    const count = this.nonNegative();
    if (count * bytesEach > this.fileSize - this.position) {
      this.damaged(`${what} would run past the end of the file`);
    }
    return count;
  }

  private nonNegative(): number {
    return this.version === 5 ? this.checked(this.uint64()) : this.uint32();
  }

  private checked(value: bigint): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.damaged('it holds an impossible size');
    return Number(value);
  }

  private uint32(): number {
    return this.view.getUint32(this.take(4));
  }

  private uint64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  /** Names and attribute values fill up to the next multiple of 4 bytes. */
  private skipPadding(length: number): void {
    this.take((4 - (length % 4)) % 4);
  }

  /** Moves on by `length` bytes and returns where they begin. */
  private take(length: number): number {
    const start = this.position;
    const end = start + length;
    if (end > this.fileSize) {
      throw new UserError(
        `${this.path} ends inside its header (${this.fileSize} bytes): it is cut off. Copy or download it again.`,
      );
    }
    if (end > this.bytes.byteLength) throw new HeaderContinues();
    this.position = end;
    return start;
  }

  private damaged(why: string): never {
    throw new UserError(
      `The header of ${this.path} is damaged or cut off: ${why} (near byte ${this.position}). Copy or download it again.`,
    );
  }
}
