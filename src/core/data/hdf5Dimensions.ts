import type { Dimension, Variable } from './dataset';
import { type Hdf5Item, variableType } from './hdf5';
import type { Hdf5Library } from './hdf5Library';

/** A dimension without a variable is stored by netCDF-C as an empty dataset whose NAME begins so. */
const withoutVariable = 'This is a netCDF dimension but not a netCDF variable';
/** A variable that shares its name with a dimension but is not its coordinate is stored by netCDF-C under this prefix. */
const nonCoordinatePrefix = '_nc4_non_coord_';

/** Attributes by which HDF5 and netCDF-C keep the dimensions; no concern of the user's. */
const internal = new Set([
  'CLASS',
  'NAME',
  'DIMENSION_LIST',
  'REFERENCE_LIST',
  '_Netcdf4Dimid',
  '_Netcdf4Coordinates',
  '_nc3_strict',
  '_NCProperties',
]);

/**
 * Turns HDF5 dimension scales into named dimensions (netCDF-4's data model): a dataset that is a scale names a dimension;
 * datasets refer to scales; `_Netcdf4Coordinates` lists the dimension ids of a coordinate variable of several dimensions.
 * Where there are no scales, a dimension of the same size in the same group is taken, or one named phony_dim_0,
 * phony_dim_1... made up, as netCDF-C does.
 */
export function readDimensions(
  library: Hdf5Library,
  file: bigint,
  items: readonly Hdf5Item[],
): { dimensions: Dimension[]; variables: { variable: Variable; item: Hdf5Item }[] } {
  const dimensions = new Map<string, Dimension>();
  const byId = new Map<number, string>();
  for (const item of items) {
    if (!isScale(item)) continue;
    const name = nameOf(item.path);
    dimensions.set(name, { name, size: item.type.shape![0] ?? 1, unlimited: unlimited(item, 0) });
    const id = item.attributes['_Netcdf4Dimid'];
    if (typeof id === 'number') byId.set(id, name);
  }

  const phony = new PhonyDimensions(dimensions);
  const dimensionOf = (item: Hdf5Item, d: number, taken: readonly string[]): string => {
    if (item.attributeNames.includes('DIMENSION_LIST')) {
      const scale = library.attachedScales(file, item.path, d).at(-1);
      if (scale !== undefined && dimensions.has(nameOf(scale))) return nameOf(scale);
    } else if (isScale(item)) {
      const ids = item.attributes['_Netcdf4Coordinates'];
      const name = Array.isArray(ids) ? byId.get(ids[d] as number) : undefined;
      if (name !== undefined) return name;
      if (d === 0) return nameOf(item.path);
    }
    return phony.name(item, d, taken);
  };

  const variables: { variable: Variable; item: Hdf5Item }[] = [];
  for (const item of items) {
    const scaleName = item.attributes['NAME'];
    if (isScale(item) && typeof scaleName === 'string' && scaleName.startsWith(withoutVariable)) continue;
    const shape = item.type.shape!;
    const dimensionNames: string[] = [];
    shape.forEach((_, d) => dimensionNames.push(dimensionOf(item, d, dimensionNames)));
    const shown = (entries: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(entries).filter(([name]) => !internal.has(name)));
    const variable: Variable = {
      name: nameOf(item.path).replace(nonCoordinatePrefix, ''),
      type: variableType(item.type),
      dimensions: dimensionNames,
      shape,
      attributes: shown(item.attributes) as Variable['attributes'],
      attributeTypes: shown(item.attributeTypes) as Variable['attributeTypes'],
      ...(item.type.chunks ? { chunks: item.type.chunks } : {}),
    };
    variables.push({ variable, item });
  }
  return { dimensions: [...dimensions.values()], variables };
}

function isScale(item: Hdf5Item): boolean {
  return item.attributes['CLASS'] === 'DIMENSION_SCALE';
}

function unlimited(item: Hdf5Item, d: number): boolean {
  const { shape, maxshape } = item.type;
  return maxshape !== null && maxshape[d] > shape![d];
}

/** "/wind/u10" -> "wind/u10". */
function nameOf(path: string): string {
  return path.slice(1);
}

class PhonyDimensions {
  private readonly made = new Map<string, number>();

  constructor(private readonly dimensions: Map<string, Dimension>) {}

  /**
   * The first dimension of the item's group that has the right size and is not yet one of the item's (`taken`), made up
   * if there is none.
   */
  name(item: Hdf5Item, d: number, taken: readonly string[]): string {
    const size = item.type.shape![d];
    const prefix = item.group === '/' ? '' : `${item.group.slice(1)}/`;
    for (const dimension of this.dimensions.values()) {
      const sameGroup = dimension.name.slice(0, dimension.name.lastIndexOf('/') + 1) === prefix;
      const fits = dimension.size === size && dimension.unlimited === unlimited(item, d);
      if (sameGroup && fits && !taken.includes(dimension.name)) return dimension.name;
    }
    const number = this.made.get(prefix) ?? 0;
    this.made.set(prefix, number + 1);
    const name = `${prefix}phony_dim_${number}`;
    this.dimensions.set(name, { name, size, unlimited: unlimited(item, d) });
    return name;
  }
}
