/** Keys that walk along time, the same in both pictures. */
const PAGE = 30;

/**
 * The time step to go to on a key; undefined where the key means nothing here. Without a selected step the walk begins at
 * the first.
 */
export function walk(key: string, step: number | null, n: number): number | undefined {
  if (n === 0) return undefined;
  const to = (target: number): number => Math.min(n - 1, Math.max(0, target));
  const from = step ?? -1;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return to(from + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return to(from - 1);
    case 'PageDown':
      return to(from + PAGE);
    case 'PageUp':
      return to(from - PAGE);
    case 'Home':
      return 0;
    case 'End':
      return n - 1;
    default:
      return undefined;
  }
}
