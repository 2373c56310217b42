import type { TimeAxis } from '../data/frames';
import { parseIsoTime } from '../data/cfTime';
import { UserError } from '../errors';
import { csvCell, parseCsv, shortFloat } from './csv';

/** labels.csv: `time,label,probability,q0..qK-1`, one row per time step. q is [n, K]; probability is q of the label. */
export function formatLabels(
  times: readonly string[],
  labels: Int32Array,
  q: Float32Array,
  clusters: number,
): string {
  const lines = [
    ['time', 'label', 'probability', ...Array.from({ length: clusters }, (_, k) => `q${k}`)].join(','),
  ];
  times.forEach((time, t) => {
    const row = Array.from(q.subarray(t * clusters, (t + 1) * clusters), shortFloat);
    lines.push([csvCell(time), labels[t], row[labels[t]], ...row].join(','));
  });
  return lines.join('\n') + '\n';
}

/** A labelling as it stands in a CSV file. */
export interface LabelTable {
  readonly times: readonly string[];
  /** Non-negative; other labels (words, negative numbers) are numbered in sorted order. [n] */
  readonly labels: Int32Array;
  /** The file's word for each label that was numbered; absent when labels are numbers already. */
  readonly names?: readonly string[];
  /** Columns q0..qK-1, where they are there. [n, K] */
  readonly softAssignment?: Float32Array;
}

/**
 * Reads a labelling: columns `time` and `label`, in any order; `q0`... if present; others are ignored.
 * Throws a UserError on missing columns, missing or fractional labels. `source` names the file.
 */
export function parseLabels(text: string, source: string): LabelTable {
  const [header, ...rows] = parseCsv(text);
  if (header === undefined)
    throw new UserError(`${source} is empty. It must have the columns time and label.`);
  const columns = header.map((name) => name.trim().toLowerCase());
  const columnOf = (name: string): number => {
    const column = columns.indexOf(name);
    if (column >= 0) return column;
    throw new UserError(`${source} has no column "${name}". Its columns are: ${header.join(', ')}.`);
  };
  const timeColumn = columnOf('time');
  const labelColumn = columnOf('label');
  if (rows.length === 0) throw new UserError(`${source} has a header, but no rows.`);
  const times = rows.map((row) => (row[timeColumn] ?? '').trim());
  const words = rows.map((row, i) => {
    const word = (row[labelColumn] ?? '').trim();
    if (word === '') throw new UserError(`${source} has no label in row ${i + 1} (time ${times[i]}).`);
    return word;
  });

  let clusters = 0;
  while (columns.includes(`q${clusters}`)) clusters++;
  const softAssignment = clusters === 0 ? undefined : new Float32Array(rows.length * clusters);
  for (let k = 0; k < clusters; k++) {
    const column = columnOf(`q${k}`);
    rows.forEach((row, i) => {
      const value = row[column]?.trim() ? Number(row[column]) : NaN;
      if (Number.isNaN(value)) throw new UserError(`${source}: q${k} of row ${i + 1} is not a number.`);
      (softAssignment as Float32Array)[i * clusters + k] = value;
    });
  }
  return { times, ...numberLabels(words, source), softAssignment };
}

function numberLabels(words: readonly string[], source: string): Pick<LabelTable, 'labels' | 'names'> {
  const numbers = words.map(Number);
  if (numbers.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31)) {
    return { labels: Int32Array.from(numbers) };
  }
  const fractional = numbers.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
  if (fractional >= 0) {
    throw new UserError(
      `${source}: the label "${words[fractional]}" of row ${fractional + 1} is not a whole number. Labels are whole numbers or names.`,
    );
  }
  const order = numbers.some(Number.isNaN)
    ? (a: string, b: string) => (a < b ? -1 : 1)
    : (a: string, b: string) => Number(a) - Number(b);
  const names = [...new Set(words)].sort(order);
  const index = new Map(names.map((name, i) => [name, i]));
  return { labels: Int32Array.from(words, (word) => index.get(word) as number), names };
}

/**
 * The label of each time step of the data [T]. Rows are matched by time: "2008-01-02", "2008-01-02 00:00" and
 * "2008-01-02T00:00:00Z" are equal, and a bare date stands for its day where the data have one step a day. Where the
 * file's times are plain numbers and the data's are not, they are positions, counted from 0 or from 1.
 * Throws a UserError on repeated times and on time steps without a row; rows of other times are ignored.
 */
export function labelsByTime(table: LabelTable, time: TimeAxis, source: string): Int32Array {
  const plain = table.times.every((text) => text !== '' && Number.isInteger(Number(text)));
  if (plain && time.units !== '1') return labelsByPosition(table, time.iso.length, source);
  const keys = matchingKeys(table, time, plain, source);
  const rowOf = new Map<string, number>();
  keys.table.forEach((key, row) => {
    const before = rowOf.get(key);
    if (before !== undefined) {
      throw new UserError(
        `${source} has the time ${table.times[row]} twice, in rows ${before + 1} and ${row + 1}. Every time may have one label.`,
      );
    }
    rowOf.set(key, row);
  });
  const missing: string[] = [];
  const labels = Int32Array.from(keys.data, (key, t) => {
    const row = rowOf.get(key);
    if (row === undefined) missing.push(time.iso[t]);
    return row === undefined ? -1 : table.labels[row];
  });
  if (missing.length > 0) {
    const some = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', ...' : '');
    throw new UserError(
      `${source} has no label for ${missing.length} of the data's ${labels.length} time steps (${some}). Its times look like ${table.times[0]}; add the rows, or choose the time range that they cover.`,
    );
  }
  return labels;
}

function labelsByPosition({ times, labels }: LabelTable, steps: number, source: string): Int32Array {
  const positions = times.map(Number);
  if (times.length !== steps) {
    throw new UserError(
      `${source} numbers its ${times.length} rows instead of giving times, but the data have ${steps} time steps. Give one row for each step, or times.`,
    );
  }
  const first = positions.reduce((least, position) => Math.min(least, position), Infinity);
  const result = new Int32Array(steps).fill(-1);
  positions.forEach((position, row) => {
    const t = position - first;
    if ((first !== 0 && first !== 1) || t >= steps || result[t] !== -1) {
      throw new UserError(
        `${source}: the time "${times[row]}" of row ${row + 1} is neither a date nor a position. Positions run from 0 to ${steps - 1} or from 1 to ${steps}, each once.`,
      );
    }
    result[t] = labels[row];
  });
  return result;
}

/** Texts by which rows of the table and steps of the data are equal. */
function matchingKeys(table: LabelTable, time: TimeAxis, plain: boolean, source: string) {
  if (plain)
    return { table: table.times.map((text) => String(Number(text))), data: Array.from(time.values, String) };
  const parsed = table.times.map((text, row) => {
    try {
      return parseIsoTime(text);
    } catch {
      throw new UserError(
        `${source}: the time "${text}" of row ${row + 1} cannot be read. Times are written like 2008-02-28 or 2008-02-28T12:00:00.`,
      );
    }
  });
  const data = time.iso.map((iso) => (time.units === '1' ? undefined : parseIsoTime(iso)));
  const day = (t: { year: number; month: number; day: number } | undefined) =>
    t ? `${t.year}-${t.month}-${t.day}` : 'no date';
  const onlyDates = table.times.every((text) => /^-?\d{4,6}-\d\d-\d\d$/.test(text));
  if (onlyDates && new Set(data.map(day)).size === data.length) {
    return { table: parsed.map(day), data: data.map(day) };
  }
  const instant = (t: (typeof data)[number]) => `${day(t)} ${t?.milliseconds}`;
  return { table: parsed.map(instant), data: data.map(instant) };
}
