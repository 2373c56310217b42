import { UserError } from '../errors';
import type { Dataset, Hyperslab, Variable } from './dataset';

/** The variable of that name, or a UserError that names the ones there are. */
export function findVariable(dataset: Pick<Dataset, 'path' | 'variables'>, name: string): Variable {
  const variable = dataset.variables.find((candidate) => candidate.name === name);
  if (variable) return variable;
  const names = dataset.variables.map((candidate) => candidate.name);
  throw new UserError(
    `${dataset.path} has no variable "${name}". It has: ${names.length > 0 ? names.join(', ') : 'none at all'}.`,
  );
}

/** The slab (the whole variable when absent), after a check that it is within the variable and holds numbers or chars. */
export function checkedSlab(dataset: Pick<Dataset, 'path'>, variable: Variable, slab?: Hyperslab): Hyperslab {
  if (variable.type === 'other' || variable.type === 'string') {
    throw new UserError(
      `The variable "${variable.name}" of ${dataset.path} does not hold plain numbers, so it cannot be read as such.`,
    );
  }
  const { shape } = variable;
  if (!slab) return { start: shape.map(() => 0), count: shape };
  const inside =
    slab.start.length === shape.length &&
    slab.count.length === shape.length &&
    shape.every(
      (length, d) => slab.start[d] >= 0 && slab.count[d] >= 0 && slab.start[d] + slab.count[d] <= length,
    );
  if (!inside) {
    throw new RangeError(
      `Slab [${slab.start.join()}]+[${slab.count.join()}] is outside ${variable.name}[${shape.join()}].`,
    );
  }
  return slab;
}

/** Rows of characters as strings: the last dimension runs along the string; trailing NULs and blanks are padding. */
export function charsToStrings(chars: Uint8Array, shape: readonly number[]): string[] {
  const length = shape.length === 0 ? 1 : shape[shape.length - 1];
  const decoder = new TextDecoder();
  const strings: string[] = [];
  for (let i = 0; length > 0 && i < chars.length; i += length) {
    strings.push(decoder.decode(chars.subarray(i, i + length)).replace(/[\0 ]+$/, ''));
  }
  return strings;
}

/** Bytes from one index to the next along each dimension, for values of `size` bytes in row-major order. */
export function rowMajorStrides(shape: readonly number[], size: number): number[] {
  const result: number[] = [];
  let stride = size;
  for (let d = shape.length - 1; d >= 0; d--) {
    result[d] = stride;
    stride *= shape[d];
  }
  return result;
}
