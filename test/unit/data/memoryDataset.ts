import type { Dataset, NumericArray, Variable } from '../../../src/core/data/dataset';
import { checkedSlab, findVariable } from '../../../src/core/data/datasetTools';

type Given = Partial<Variable> & {
  readonly dimensions: readonly string[];
  readonly data: NumericArray | string[];
};

/** A dataset in memory, for what needs no file. */
export function memoryDataset(
  sizes: Readonly<Record<string, number>>,
  given: Readonly<Record<string, Given>>,
): Dataset {
  const typeOf = (data: Given['data']) =>
    Array.isArray(data)
      ? 'string'
      : (data.constructor.name.replace('Array', '').replace('Big', '').toLowerCase() as Variable['type']);
  const variables: Variable[] = Object.entries(given).map(([name, { data, ...variable }]) => ({
    name,
    type: typeOf(data),
    shape: variable.dimensions.map((dimension) => sizes[dimension]),
    attributes: {},
    ...variable,
  }));
  return {
    path: 'memory.nc',
    format: 'memory',
    dimensions: Object.entries(sizes).map(([name, size]) => ({ name, size, unlimited: false })),
    variables,
    attributes: {},
    variable(name) {
      return findVariable(this, name);
    },
    read(name, slab) {
      const variable = this.variable(name);
      const data = given[name].data as NumericArray;
      const { start, count } = checkedSlab(this, variable, slab);
      const picked: number[] = [];
      const walk = (d: number, at: number): void => {
        if (d === count.length) {
          picked.push(at);
          return;
        }
        for (let i = 0; i < count[d]; i++) walk(d + 1, at * variable.shape[d] + start[d] + i);
      };
      walk(0, 0);
      const Kind = data.constructor as new (values: unknown[]) => NumericArray;
      return Promise.resolve(new Kind(picked.map((at) => data[at])));
    },
    readStrings: (name) => Promise.resolve(given[name].data as string[]),
    close: () => Promise.resolve(),
  };
}
