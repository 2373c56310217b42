import { UserError } from '../errors';
import { axisOf, baseName, textOf, type Axis } from './axes';
import type { Dataset, Variable } from './dataset';
import { decodeDoubles, decoderOf } from './decode';

/** A further axis of a field, which is neither time nor horizontal. */
export interface ExtraAxis {
  readonly name: string;
  readonly kind: Axis['kind'];
  readonly size: number;
  readonly units: string;
  /** Its coordinates; indices where it has none. */
  readonly values: readonly (number | string)[];
  /** Whether one value must be chosen: not for axes of length 1 (dropped), nor for ERA5's expver (merged). */
  readonly mustBeSelected: boolean;
}

/** One variable that holds data, and what it is good for. */
export interface FieldListing {
  readonly name: string;
  readonly longName: string;
  readonly units: string;
  readonly type: Variable['type'];
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly extraAxes: readonly ExtraAxis[];
  /** The dimensions of a field's frames; undefined when it is none. */
  readonly axes?: { readonly time: string; readonly y: string; readonly x: string };
  /** Why it is not a field. */
  readonly reason?: string;
}

/**
 * Every variable of a dataset that holds data, in file order; coordinates, bounds and grid mappings are left out. A *field*
 * (one with `axes`) is numeric and has a time axis and two horizontal ones; the others say in `reason` why they are none.
 */
export async function listFields(dataset: Dataset): Promise<FieldListing[]> {
  const auxiliary = auxiliaryVariables(dataset);
  const extraAxes = new Map<string, ExtraAxis>();
  const listings: FieldListing[] = [];
  for (const variable of dataset.variables) {
    if (auxiliary.has(variable.name)) continue;
    const { axes, extra, reason } = sortAxes(dataset, variable);
    for (const axis of extra) {
      if (!extraAxes.has(axis.dimension)) extraAxes.set(axis.dimension, await extraAxis(dataset, axis));
    }
    listings.push({
      name: variable.name,
      longName: longNameOf(variable),
      units: textOf(variable, 'units'),
      type: variable.type,
      dimensions: variable.dimensions,
      shape: variable.shape,
      extraAxes: extra.map((axis) => extraAxes.get(axis.dimension)!),
      axes,
      reason,
    });
  }
  return listings;
}

/** `long_name`, else `standard_name`, else the name. */
export function longNameOf(variable: Variable): string {
  return textOf(variable, 'long_name') || textOf(variable, 'standard_name') || baseName(variable.name);
}

/** Names of the variables that describe others: coordinates, bounds, cell measures, grid mappings. */
function auxiliaryVariables(dataset: Dataset): Set<string> {
  const names = new Set<string>();
  for (const variable of dataset.variables) {
    if (variable.dimensions.length === 1 && variable.dimensions[0] === variable.name)
      names.add(variable.name);
    for (const attribute of [
      'bounds',
      'climatology',
      'coordinates',
      'ancillary_variables',
      'grid_mapping',
      'cell_measures',
    ]) {
      for (const word of textOf(variable, attribute).split(/\s+/)) {
        const found = resolve(dataset, variable, word);
        // A quantity that is itself ancillary to another (an uncertainty) may still be clustered.
        if (found && (attribute !== 'ancillary_variables' || found.dimensions.length < 2))
          names.add(found.name);
      }
    }
    if ('grid_mapping_name' in variable.attributes) names.add(variable.name);
  }
  return names;
}

/** The variable that a variable's attribute means by `word`: in its own group, or else in one further up. */
export function resolve(dataset: Dataset, from: Variable, word: string): Variable | undefined {
  for (let group = from.name; ;) {
    const end = group.lastIndexOf('/');
    group = group.slice(0, Math.max(0, end));
    const name = group === '' ? word : `${group}/${word}`;
    const found = dataset.variables.find((variable) => variable.name === name);
    if (found || group === '') return found;
  }
}

interface SortedAxes {
  readonly axes?: FieldListing['axes'];
  readonly extra: readonly Axis[];
  readonly reason?: string;
}

function sortAxes(dataset: Dataset, variable: Variable): SortedAxes {
  const found = mapAxes(dataset, variable);
  if (found.axes && found.time) {
    const { y, x, extra } = found.axes;
    return { axes: { time: found.time.dimension, y: y.dimension, x: x.dimension }, extra };
  }
  const holdsNumbers = !notNumbers(variable);
  return { extra: [], reason: holdsNumbers && !found.time ? 'it has no time axis' : found.reason };
}

/** The axes of a variable that is a map, or a map at each time step; else why it is none. */
export interface MapAxes {
  readonly time?: Axis;
  readonly axes?: { readonly y: Axis; readonly x: Axis; readonly extra: readonly Axis[] };
  readonly reason?: string;
}

export function mapAxes(dataset: Dataset, variable: Variable): MapAxes {
  const axes = variable.dimensions.map((dimension) => axisOf(dataset, dimension));
  // Of several time axes (an analysis and a forecast time) the longest is the one that frames follow each other along.
  const time = axes.filter(({ kind }) => kind === 'time').sort((a, b) => b.size - a.size)[0];
  const refused = notNumbers(variable);
  if (refused) return { time, reason: refused };
  const horizontal = horizontalAxes(dataset, variable, axes);
  if (!horizontal) {
    const some = axes.some(({ kind }) => ['latitude', 'longitude', 'y', 'x'].includes(kind));
    return { time, reason: some ? 'it has only one horizontal axis' : 'it has no horizontal axes' };
  }
  if (variable.shape.includes(0)) return { time, reason: 'it is empty' };
  const [y, x] = horizontal;
  const extra = axes.filter((axis) => axis !== time && axis !== y && axis !== x);
  return { time, axes: { y, x, extra } };
}

function notNumbers({ type }: Variable): string | undefined {
  if (type === 'char' || type === 'string') return 'it holds text';
  return type === 'other' ? 'it does not hold plain numbers' : undefined;
}

/** The y and the x axis of a variable: told by themselves, or by the two-dimensional coordinates that its `coordinates` name. */
function horizontalAxes(
  dataset: Dataset,
  variable: Variable,
  axes: readonly Axis[],
): [Axis, Axis] | undefined {
  const y = axes.find(({ kind }) => kind === 'latitude') ?? axes.find(({ kind }) => kind === 'y');
  const x = axes.find(({ kind }) => kind === 'longitude') ?? axes.find(({ kind }) => kind === 'x');
  if (y && x) return [y, x];
  for (const word of textOf(variable, 'coordinates').split(/\s+/)) {
    const coordinate = resolve(dataset, variable, word);
    if (coordinate?.dimensions.length !== 2) continue;
    // In the order of the field: the coordinates may be stored the other way round.
    const pair = axes.filter(({ dimension }) => coordinate.dimensions.includes(dimension));
    if (pair.length === 2 && pair.every(({ kind }) => kind !== 'time')) return [pair[0], pair[1]];
  }
  return undefined;
}

/** An axis with its coordinates, which are read. */
export async function extraAxis(dataset: Dataset, axis: Axis): Promise<ExtraAxis> {
  return {
    name: axis.dimension,
    kind: axis.kind,
    size: axis.size,
    units: textOf(axis.coordinate, 'units'),
    values: await axisValues(dataset, axis),
    mustBeSelected: axis.size > 1 && axis.kind !== 'expver',
  };
}

async function axisValues(dataset: Dataset, { coordinate, size }: Axis): Promise<(number | string)[]> {
  if (!coordinate) return Array.from({ length: size }, (_, i) => i);
  if (coordinate.type === 'string') return dataset.readStrings(coordinate.name);
  if (coordinate.type === 'char') return [...(await dataset.readStrings(coordinate.name)).join('')];
  return [...decodeDoubles(await dataset.read(coordinate.name), decoderOf(coordinate))];
}

/** What is taken along one extra axis of a field: one index, or (expver) the first index that has a value. */
export interface Selection {
  readonly axis: ExtraAxis;
  readonly index: number | 'first present';
}

/**
 * Applies `select` (dimension -> value, or "#index") to the extra axes of a field. Throws a UserError when an axis needs a
 * choice that is absent, or is given one that it does not have; the message lists what there is.
 */
export function selectExtraAxes(
  field: Pick<FieldListing, 'name' | 'extraAxes'>,
  select: Readonly<Record<string, string>>,
): Selection[] {
  const wantedOf = (axis: ExtraAxis) => select[axis.name] ?? select[baseName(axis.name)];
  const open = field.extraAxes.filter((axis) => axis.mustBeSelected && wantedOf(axis) === undefined);
  if (open.length > 0) {
    const example = open.map((axis) => `--select ${baseName(axis.name)}=${axis.values[0]}`).join(' ');
    const axes = open.map((axis) => `"${axis.name}" of length ${axis.size} (${describeValues(axis)})`);
    throw new UserError(
      `The field "${field.name}" has ${open.length === 1 ? 'a further axis' : 'further axes'}: ${axes.join('; ')}. Choose one value of each, for example ${example}.`,
    );
  }
  return field.extraAxes.map((axis) => {
    const wanted = wantedOf(axis);
    if (wanted !== undefined) return { axis, index: indexOf(wanted, axis, field) };
    return { axis, index: axis.size === 1 ? 0 : 'first present' };
  });
}

function indexOf(wanted: string, axis: ExtraAxis, field: Pick<FieldListing, 'name'>): number {
  if (wanted.startsWith('#')) {
    const index = Number(wanted.slice(1));
    if (Number.isInteger(index) && index >= 0 && index < axis.size) return index;
    throw new UserError(
      `The axis "${axis.name}" of "${field.name}" has no index ${wanted}: its indices go from #0 to #${axis.size - 1}.`,
    );
  }
  const number = Number(wanted);
  const index = axis.values.findIndex((value) =>
    typeof value === 'string'
      ? value === wanted || (value.trim() !== '' && Number(value) === number)
      : Math.abs(value - number) <= 1e-5 * Math.max(1, Math.abs(value)),
  );
  if (index >= 0) return index;
  throw new UserError(
    `The axis "${axis.name}" of "${field.name}" has no value ${wanted}. It has: ${describeValues(axis)}.`,
  );
}

/** The values of an axis with units, shortened when there are many. */
export function describeValues(axis: ExtraAxis): string {
  const shown =
    axis.values.length <= 24 ? axis.values : [...axis.values.slice(0, 12), '...', ...axis.values.slice(-6)];
  return shown.map(String).join(', ') + (axis.units && axis.units !== '1' ? ` ${axis.units}` : '');
}
