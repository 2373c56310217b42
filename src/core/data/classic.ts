import { UserError } from '../errors';
import {
  bytesPerValue,
  HeaderContinues,
  parseClassicHeader,
  type ClassicHeader,
  type ClassicVariable,
} from './classicHeader';
import type { Dataset, Dimension, Hyperslab, NumericArray, Variable } from './dataset';
import type { FileBytes } from './fileBytes';
import { charsToStrings, checkedSlab, findVariable } from './datasetTools';
import { readBox } from './stridedRead';
import { swapBytes, typedArray } from './typedArrays';

const formatNames = {
  1: 'NetCDF classic',
  2: 'NetCDF classic (64-bit offset)',
  5: 'NetCDF classic (64-bit data, CDF-5)',
} as const;

/** Opens a file of the NetCDF classic family: reads its header and checks that the file is as long as that says. */
export async function openClassic(file: FileBytes): Promise<Dataset> {
  const version = (await file.read(3, 1))[0] as 1 | 2 | 5;
  return new ClassicDataset(file, formatNames[version], await readHeader(file, version));
}

/** Reads no more than the header needs, doubling what was read until it is whole. */
async function readHeader(file: FileBytes, version: 1 | 2 | 5): Promise<ClassicHeader> {
  for (let length = 16384; ; length *= 2) {
    try {
      return parseClassicHeader(await file.read(0, length), version, file.size, file.path);
    } catch (error) {
      if (!(error instanceof HeaderContinues)) throw error;
    }
  }
}

interface Layout {
  readonly variable: Variable;
  readonly begin: number;
  /** Bytes from one index to the next along each dimension. */
  readonly strides: readonly number[];
  readonly size: number;
}

class ClassicDataset implements Dataset {
  readonly path: string;
  readonly dimensions: readonly Dimension[];
  readonly variables: readonly Variable[];
  readonly attributes: ClassicHeader['attributes'];
  private readonly layouts = new Map<string, Layout>();

  constructor(
    private readonly file: FileBytes,
    readonly format: string,
    header: ClassicHeader,
  ) {
    this.path = file.path;
    this.attributes = header.attributes;
    const { stride, records } = recordLayout(header, file);
    this.dimensions = header.dimensions.map(({ name, size }) => ({
      name,
      size: size === 0 ? records : size,
      unlimited: size === 0,
    }));
    this.variables = header.variables.map((variable) => this.lay(variable, header, stride));
    this.checkLength();
  }

  variable(name: string): Variable {
    return findVariable(this, name);
  }

  async read(name: string, slab?: Hyperslab, memory?: ArrayBuffer): Promise<NumericArray> {
    const { variable, begin, strides, size } = this.layout(name);
    const { start, count } = checkedSlab(this, variable, slab);
    const bytes = await readBox(this.file, { begin, strides, size, start, count }, memory);
    swapBytes(bytes, size);
    return typedArray(variable.type, bytes);
  }

  async readStrings(name: string): Promise<string[]> {
    const variable = this.variable(name);
    if (variable.type !== 'char') throw new UserError(`"${name}" in ${this.path} holds numbers, not text.`);
    return charsToStrings((await this.read(name)) as Uint8Array, variable.shape);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private layout(name: string): Layout {
    // findVariable names the variables there are when this one does not exist.
    return this.layouts.get(this.variable(name).name)!;
  }

  private lay(from: ClassicVariable, header: ClassicHeader, recordStride: number): Variable {
    const shape = from.dimensionIds.map((id) => this.dimensions[id].size);
    const size = bytesPerValue[from.type];
    const strides: number[] = [];
    let bytes = size;
    for (let i = shape.length - 1; i >= 0; i--) {
      strides[i] = bytes;
      bytes *= shape[i];
    }
    if (header.dimensions[from.dimensionIds[0]]?.size === 0) strides[0] = recordStride;
    const variable: Variable = {
      name: from.name,
      type: from.type,
      dimensions: from.dimensionIds.map((id) => this.dimensions[id].name),
      shape,
      attributes: from.attributes,
      attributeTypes: from.attributeTypes,
    };
    this.layouts.set(from.name, { variable, begin: from.begin, strides, size });
    return variable;
  }

  /** A writer may omit the padding after the last value, but not a value. */
  private checkLength(): void {
    for (const { variable, begin, strides, size } of this.layouts.values()) {
      if (variable.shape.includes(0)) continue;
      const end = variable.shape.reduce((sum, length, i) => sum + (length - 1) * strides[i], begin + size);
      if (end > this.file.size) {
        throw new UserError(
          `${this.path} is cut off: by its header the variable "${variable.name}" ends at byte ${end}, but the file has only ${this.file.size} bytes. Copy or download it again.`,
        );
      }
    }
  }
}

/**
 * Bytes from one record to the next, and the number of records. The parts of a record are padded to multiples of 4 bytes,
 * except where a single variable makes up the record.
 */
function recordLayout(header: ClassicHeader, file: FileBytes): { stride: number; records: number } {
  const parts = header.variables.filter(
    (variable) => header.dimensions[variable.dimensionIds[0]]?.size === 0,
  );
  const sizes = parts.map(({ type, dimensionIds }) =>
    dimensionIds.slice(1).reduce((bytes, id) => bytes * header.dimensions[id].size, bytesPerValue[type]),
  );
  const stride =
    sizes.length === 1 ? sizes[0] : sizes.reduce((sum, bytes) => sum + Math.ceil(bytes / 4) * 4, 0);
  if (header.records !== undefined) return { stride, records: header.records };
  const begin = Math.min(...parts.map((part) => part.begin));
  return { stride, records: stride > 0 ? Math.max(0, Math.floor((file.size - begin) / stride)) : 0 };
}
