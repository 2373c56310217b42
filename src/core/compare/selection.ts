import { UserError } from '../errors';
import type { Method } from '../methods/method';

/** The methods of the paper's Table 1. */
const PAPER = ['clustergan', 'dtc', 'dsc', 'dec', 'dasc', 'a-datsc'];

/** Whether a method is A-DATSC without one of its parts. */
export function isAblation({ id }: Pick<Method, 'id'>): boolean {
  return id.startsWith('a-datsc-');
}

/** Names that stand for several methods. */
export const methodGroups = {
  all: 'every method',
  paper: "those of the paper's Table 1",
  classical: 'those without a network',
  deep: 'those that train one, but no ablations',
  ablations: 'A-DATSC, whole and without one of its parts each',
} as const;
export type MethodGroup = keyof typeof methodGroups;

const isMember: Readonly<Record<MethodGroup, (method: Pick<Method, 'id' | 'kind'>) => boolean>> = {
  all: () => true,
  paper: ({ id }) => PAPER.includes(id),
  classical: ({ kind }) => kind === 'classical',
  deep: (method) => method.kind === 'deep' && !isAblation(method),
  ablations: (method) => method.id === 'a-datsc' || isAblation(method),
};

/**
 * The methods that a list names, by id or by group, separated by commas: each once, in the order of the list, groups in
 * that of the registry. Throws a UserError that names what is unknown.
 */
export function selectMethods<M extends Pick<Method, 'id' | 'kind'>>(
  text: string,
  available: readonly M[],
): M[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const selected = words.flatMap((word) => {
    if (Object.hasOwn(isMember, word)) return available.filter(isMember[word as MethodGroup]);
    const found = available.find(({ id }) => id === word);
    if (found) return [found];
    throw new UserError(
      `There is no method "${word}". The methods are: ${available.map(({ id }) => id).join(', ')}; ` +
        `groups of them: ${Object.keys(methodGroups).join(', ')}.`,
    );
  });
  if (selected.length === 0) throw new UserError('Name at least one method.');
  return [...new Set(selected)];
}

/** Seeds: how many (`5` is 1 to 5), a list (`1,2,3`), ranges (`101-105`). Throws a UserError when it is none of these. */
export function parseSeeds(text: string): number[] {
  const refuse = (): never => {
    throw new UserError(
      `The seeds are "${text}"; they must be how many there are (5), a list (1,2,3) or ranges (101-105) of whole numbers below ${2 ** 32}.`,
    );
  };
  const parts = text.split(',').map((part) => part.trim());
  const single = parts.length === 1 && /^\d+$/.test(parts[0]);
  const seeds = (single ? [`1-${parts[0]}`] : parts).flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? refuse();
    const [from, to] = [Number(first), Number(last)];
    if (from > to || to >= 2 ** 32 || to - from >= 1000) refuse();
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(seeds)];
}
