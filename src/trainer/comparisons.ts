/** Comparisons as the trainer does them: its own thread directs, and each fit has a process. */
import { compareMethods, resumeComparison, type CompareHooks } from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import { methods } from '../core/methods/methods';
import type { MethodDescription } from '../protocol/trainer';
import { fitsInProcesses } from './fits';

/** Resolves with the directory of the comparison. */
export async function compareHere(config: CompareConfig, hooks: CompareHooks): Promise<string> {
  return (await compareMethods(config, hooks, { fit: fitsInProcesses() })).directory;
}

export async function resumeHere(directory: string, hooks: CompareHooks): Promise<string> {
  return (await resumeComparison(directory, hooks, { fit: fitsInProcesses() })).directory;
}

export function describeMethods(): MethodDescription[] {
  return methods.map(({ id, title, kind, reference, description, deterministic = false }) => ({
    id,
    title,
    kind,
    reference,
    description,
    deterministic,
  }));
}
