/** An uninterrupted stay in one cluster: time steps from `start` to `end` - 1. */
export interface Spell {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/** The stays of a label series, in order. */
export function spells(labels: ArrayLike<number>): Spell[] {
  const result: Spell[] = [];
  for (let start = 0; start < labels.length;) {
    let end = start + 1;
    while (end < labels.length && labels[end] === labels[start]) end++;
    result.push({ label: labels[start], start, end });
    start = end;
  }
  return result;
}
