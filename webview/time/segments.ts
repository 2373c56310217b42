/** Runs of neighbouring time steps with the same label. */

export interface Segment {
  readonly label: number;
  readonly first: number;
  readonly last: number;
  /** Mean probability of its labels, when known. */
  readonly confidence: number | null;
}

export function findSegments(
  labels: readonly number[],
  confidence: readonly (number | null)[] | null,
): Segment[] {
  const segments: Segment[] = [];
  let first = 0;
  for (let step = 1; step <= labels.length; step++) {
    if (step < labels.length && labels[step] === labels[first]) continue;
    segments.push({ label: labels[first], first, last: step - 1, confidence: mean(confidence, first, step) });
    first = step;
  }
  return segments;
}

function mean(values: readonly (number | null)[] | null, from: number, to: number): number | null {
  const known = values?.slice(from, to).filter((value) => value !== null) ?? [];
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
