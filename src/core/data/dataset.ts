/** What a file holds, whatever its format. Implemented by `classic.ts` and `hdf5.ts`; `open.ts` chooses by magic bytes. */

export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export type AttributeValue = string | string[] | number | number[];

export type VariableType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'char'
  | 'string'
  | 'other';

export interface Dimension {
  readonly name: string;
  readonly size: number;
  readonly unlimited: boolean;
}

export interface Variable {
  /** Full name; variables in groups are `group/name`. */
  readonly name: string;
  readonly type: VariableType;
  /** Names of the dimensions, slowest first. */
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Types of the attributes as stored: CF tells packed from unpacked limits by them. */
  readonly attributeTypes?: Readonly<Record<string, VariableType>>;
  /** Shape of the chunks in which the file stores it, if it is chunked: slabs along them are read fastest. */
  readonly chunks?: readonly number[];
}

/** A box of a variable: `count[i]` values from `start[i]` along dimension i. */
export interface Hyperslab {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

export interface Dataset {
  readonly path: string;
  /** For people, e.g. "NetCDF classic (64-bit offset)". */
  readonly format: string;
  readonly dimensions: readonly Dimension[];
  readonly variables: readonly Variable[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** The variable of that name; throws a UserError naming the ones there are. */
  variable(name: string): Variable;
  /**
   * Raw (still packed) values in row-major order, in native byte order. Reads from disk only what the slab needs.
   * `memory`, if it is large enough, may be used for the values, which are then a view of it: new memory for each of
   * many reads costs as much as reading. Throws a UserError when the data are damaged or cut off.
   */
  read(name: string, slab?: Hyperslab, memory?: ArrayBuffer): Promise<NumericArray>;
  /** Values of a char or string variable. */
  readStrings(name: string): Promise<string[]>;
  close(): Promise<void>;
}
