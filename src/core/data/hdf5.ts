import { UserError } from '../errors';
import { bytesPerValue } from './classicHeader';
import type {
  AttributeValue,
  Dataset,
  Dimension,
  Hyperslab,
  NumericArray,
  Variable,
  VariableType,
} from './dataset';
import { charsToStrings, checkedSlab, findVariable } from './datasetTools';
import { readDimensions } from './hdf5Dimensions';
import type { FileBytes } from './fileBytes';
import { aboutFile, Hdf5Library, type Hdf5Type } from './hdf5Library';
import { Hdf5Storage } from './hdf5Storage';
import { typedArray } from './typedArrays';

/** Opens a NetCDF-4 or other HDF5 file. Only metadata are read. Whoever closes the dataset closes `bytes`, too. */
export async function openHdf5(bytes: FileBytes): Promise<Dataset> {
  const library = await Hdf5Library.load();
  let file: bigint | undefined;
  try {
    file = library.open(bytes.path);
    return new Hdf5Dataset(bytes, library, file, scan(library, file));
  } catch (error) {
    if (file !== undefined) library.close(file);
    throw aboutFile(error, bytes.path);
  }
}

/** One dataset of the file, before its dimensions are known. */
export interface Hdf5Item {
  /** Absolute path in the file, e.g. "/wind/u10". */
  readonly path: string;
  /** Path of its group, "/" for the root. */
  readonly group: string;
  readonly type: Hdf5Type;
  /** Attributes that are numbers or text. */
  readonly attributes: Record<string, AttributeValue>;
  readonly attributeTypes: Record<string, VariableType>;
  readonly attributeNames: readonly string[];
}

interface Contents {
  readonly attributes: Record<string, AttributeValue>;
  readonly dimensions: Dimension[];
  readonly variables: { readonly variable: Variable; readonly item: Hdf5Item }[];
}

/** Groups nested deeper than this are a link that leads back to one of its parents. */
const deepest = 32;

function scan(library: Hdf5Library, file: bigint): Contents {
  const items: Hdf5Item[] = [];
  const visit = (group: string, depth: number): void => {
    for (const name of library.names(file, group)) {
      const path = group === '/' ? `/${name}` : `${group}/${name}`;
      const kind = library.kind(file, path);
      if (kind === 'group' && depth < deepest) visit(path, depth + 1);
      if (kind === 'dataset') {
        const type = library.dataset(file, path);
        // A null dataspace has no shape and no values.
        if (type.shape !== null) items.push({ path, group, type, ...readAttributes(library, file, path) });
      }
    }
  };
  visit('/', 0);
  return {
    attributes: readAttributes(library, file, '/').attributes,
    ...readDimensions(library, file, items),
  };
}

function readAttributes(
  library: Hdf5Library,
  file: bigint,
  path: string,
): Pick<Hdf5Item, 'attributes' | 'attributeTypes' | 'attributeNames'> {
  const attributes: Record<string, AttributeValue> = {};
  const attributeTypes: Record<string, VariableType> = {};
  const attributeNames = library.attributeNames(file, path);
  for (const name of attributeNames) {
    const type = library.attribute(file, path, name);
    const valueType = variableType(type);
    if (type.shape === null || valueType === 'other') continue;
    const raw = library.readAttribute(file, path, name, type);
    attributes[name] = attributeValue(raw, type, valueType);
    attributeTypes[name] = valueType;
  }
  return { attributes, attributeTypes, attributeNames };
}

function attributeValue(raw: Uint8Array | string[], type: Hdf5Type, valueType: VariableType): AttributeValue {
  if (Array.isArray(raw)) return raw.length === 1 ? raw[0] : raw;
  if (valueType === 'char' || valueType === 'string') {
    const strings = charsToStrings(raw, [type.total_size, type.size]);
    return strings.length === 1 ? strings[0] : strings;
  }
  const values = Array.from(typedArray(valueType, raw) as ArrayLike<number | bigint>, Number);
  return values.length === 1 ? values[0] : values;
}

/** The type of the values; compounds, references, sequences and the like are 'other'. */
export function variableType(type: Hdf5Type): VariableType {
  const [integer, float, string, enumeration] = [0, 1, 3, 8];
  switch (type.type) {
    case integer:
    case enumeration: {
      const name = `${type.signed ? '' : 'u'}int${type.size * 8}`;
      return name in bytesPerValue ? (name as VariableType) : 'other';
    }
    case float:
      return type.size === 4 ? 'float32' : type.size === 8 ? 'float64' : 'other';
    case string:
      return type.vlen || type.size > 1 ? 'string' : 'char';
    default:
      return 'other';
  }
}

class Hdf5Dataset implements Dataset {
  readonly path: string;
  readonly format: string;
  readonly dimensions: readonly Dimension[];
  readonly variables: readonly Variable[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  private readonly items: ReadonlyMap<string, Hdf5Item>;
  private readonly storage: Hdf5Storage;
  private closed = false;

  constructor(
    private readonly bytes: FileBytes,
    private readonly library: Hdf5Library,
    private readonly file: bigint,
    contents: Contents,
  ) {
    this.path = bytes.path;
    this.storage = new Hdf5Storage(bytes, library, file);
    const { _NCProperties, _nc3_strict, ...attributes } = contents.attributes;
    this.attributes = attributes;
    this.dimensions = contents.dimensions;
    this.variables = contents.variables.map(({ variable }) => variable);
    this.items = new Map(contents.variables.map(({ variable, item }) => [variable.name, item]));
    const netcdf = _NCProperties !== undefined || contents.dimensions.some(({ name }) => !isPhony(name));
    this.format = netcdf ? `NetCDF-4${_nc3_strict === undefined ? '' : ' (classic model)'}` : 'HDF5';
  }

  variable(name: string): Variable {
    return findVariable(this, name);
  }

  async read(name: string, slab?: Hyperslab, memory?: ArrayBuffer): Promise<NumericArray> {
    const variable = this.variable(name);
    const { start, count } = checkedSlab(this, variable, slab);
    if (this.closed) throw new Error(`${this.path} is closed.`);
    const bytes =
      (await this.storage.read(this.items.get(name)!, start, count, memory)) ??
      this.readRaw(name, start, count);
    return typedArray(variable.type, bytes as Uint8Array);
  }

  async readStrings(name: string): Promise<string[]> {
    const variable = this.variable(name);
    if (variable.type !== 'string' && variable.type !== 'char') {
      throw new UserError(`"${name}" in ${this.path} holds numbers, not text.`);
    }
    const raw = this.readRaw(
      name,
      variable.shape.map(() => 0),
      variable.shape,
    );
    if (Array.isArray(raw)) return raw;
    if (variable.type === 'char') return charsToStrings(raw, variable.shape);
    return charsToStrings(raw, [...variable.shape, this.items.get(name)!.type.size]);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.library.close(this.file);
    await this.bytes.close();
  }

  private readRaw(name: string, start: readonly number[], count: readonly number[]): Uint8Array | string[] {
    if (this.closed) throw new Error(`${this.path} is closed.`);
    const { path, type } = this.items.get(name)!;
    try {
      return this.library.readDataset(this.file, path, type, start, count);
    } catch (error) {
      throw this.missingFilter(path, name) ?? aboutFile(error, this.path);
    }
  }

  /** A failed read may be for want of a filter that this HDF5 does not have. */
  private missingFilter(path: string, name: string): UserError | undefined {
    const known = 6;
    const filter = this.library.filters(this.file, path).find(({ id }) => id > known);
    if (!filter) return undefined;
    return new UserError(
      `The variable "${name}" of ${this.path} is compressed by a filter that cannot be read here (${filter.name || 'HDF5 filter'} ${filter.id}). Rewrite it with "nccopy -F none IN.nc OUT.nc" or "h5repack -f GZIP=4".`,
    );
  }
}

function isPhony(name: string): boolean {
  return /(^|\/)phony_dim_\d+$/.test(name);
}
