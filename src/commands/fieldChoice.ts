/** Which fields go together, and what has to be chosen for them. Knows nothing of VS Code. */
import type { ExtraAxis, FieldListing } from '../core/data/fields';

/** Fields that can be clustered together have the same numbers of times, rows and columns. */
export function gridKey({ axes, dimensions, shape }: FieldListing): string {
  return [axes!.time, axes!.y, axes!.x].map((name) => shape[dimensions.indexOf(name)]).join(' × ');
}

/**
 * The fields to begin with: the largest group that shares time and grid; of equally large ones that without further
 * axes to choose from, else the first.
 */
export function suggestedFields<T extends FieldListing>(fields: readonly T[]): T[] {
  const groups = new Map<string, T[]>();
  for (const field of fields) {
    const key = `${gridKey(field)} ${axesToSelect([field]).length > 0}`;
    groups.set(key, [...(groups.get(key) ?? []), field]);
  }
  const choices = (group: readonly T[]): number => axesToSelect(group).length;
  return [...groups.values()].sort((a, b) => b.length - a.length || choices(a) - choices(b))[0] ?? [];
}

/** The further axes of `fields` along which one value must be chosen, each once. */
export function axesToSelect(fields: readonly FieldListing[]): ExtraAxis[] {
  const axes = new Map<string, ExtraAxis>();
  for (const { extraAxes } of fields) {
    for (const axis of extraAxes) if (axis.mustBeSelected) axes.set(axis.name, axis);
  }
  return [...axes.values()];
}

/** Size in memory, as float32. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}
