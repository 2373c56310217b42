import type { Dataset, Variable, VariableType } from '../data/dataset';
import type { FieldInfo } from '../data/frames';
import { UserError } from '../errors';

/** The variables of one field of a result.nc; the last three are absent in results of older versions. */
export interface FieldVariables {
  /** [cluster, y, x] */
  readonly composite: Variable;
  /** [y, x] */
  readonly mean: Variable;
  /** [cluster, y, x] */
  readonly significant: Variable | undefined;
  /** [y, x] */
  readonly f: Variable | undefined;
  /** [y, x] */
  readonly fSignificant: Variable | undefined;
}

/** Which variable of a result.nc is what. */
export interface ResultLayout {
  /** [time] */
  readonly label: Variable;
  /** [time, cluster] */
  readonly membership: Variable;
  /** [time, component] */
  readonly embedding: Variable;
  /** [cluster] */
  readonly size: Variable;
  readonly maps: readonly FieldVariables[];
  /** Row, column and value, each [nonzero]; absent without self-expression and in results of older versions. */
  readonly coefficients: readonly [Variable, Variable, Variable] | undefined;
}

/**
 * Finds the variables by what cannot change: their order, types and dimensions, as `encodeResult` and `mapVariables` write
 * them. Their names do change, where a field or a dimension of the data has the same one.
 * Throws a UserError when one is not there.
 */
export function resultLayout({ path, variables }: Dataset): ResultLayout {
  const incomplete = (what: string): UserError =>
    new UserError(`${path} is damaged: it has no ${what}. Take another copy of it, or run again.`);
  const has = (variable: Variable, type: VariableType, dimensions: readonly string[]): boolean =>
    variable.type === type && variable.dimensions.join('\n') === dimensions.join('\n');
  const first = (what: string, type: VariableType, ...dimensions: string[]): Variable => {
    // Coordinate variables are named after their dimension.
    const found = variables.find((one) => has(one, type, dimensions) && one.name !== dimensions[0]);
    if (found) return found;
    throw incomplete(what);
  };

  const isComposite = ({ type, dimensions }: Variable) =>
    type === 'float32' && dimensions.length === 3 && dimensions[0] === 'cluster';
  const starts = variables.flatMap((variable, i) => (isComposite(variable) ? [i] : []));
  if (starts.length === 0) throw incomplete('composite maps');
  const maps = starts.map((start, i): FieldVariables => {
    const composite = variables[start];
    const own = variables.slice(start + 1, starts[i + 1]);
    const [cluster, ...plane] = composite.dimensions;
    const [mean, f] = own.filter((one) => has(one, 'float32', plane));
    if (mean === undefined) throw incomplete(`mean beside "${composite.name}"`);
    return {
      composite,
      mean,
      significant: own.find((one) => has(one, 'int8', [cluster, ...plane])),
      f,
      fSignificant: own.find((one) => has(one, 'int8', plane)),
    };
  });

  const [row, column, value] = variables.filter(({ dimensions }) => dimensions.join() === 'nonzero');
  return {
    label: first('labels', 'int32', 'time'),
    membership: first('memberships', 'float32', 'time', 'cluster'),
    embedding: first('embedding', 'float32', 'time', 'component'),
    size: first('sizes of clusters', 'int32', 'cluster'),
    maps,
    coefficients: value && [row, column, value],
  };
}

/** The field that a composite is of. Results of older versions state its name and long name only as parts of others. */
export function fieldOf({ name, attributes }: Variable): FieldInfo {
  const text = (attribute: string) => {
    const value = attributes[attribute];
    return value === undefined ? undefined : String(value);
  };
  return {
    name: text('field_name') ?? name.replace(/_composite(_\d+)?$/, ''),
    longName: text('field_long_name') ?? (text('long_name') ?? name).replace(/, mean over [^,]*$/, ''),
    units: text('units') ?? '',
  };
}
