/** Which runs can be compared, and which of them is best at what. */
import type { MetricKey, RunRow } from '../../src/protocol/panel';
import { metrics } from './metrics';

/** Settings that change the table of numbers that the metrics are computed on. */
const DATA_SETTINGS = /^(time|bbox|select|preprocessing\..*)$/;

const dataOf = (row: RunRow): Record<string, string> => ({
  files: row.files.join(', '),
  fields: row.fields.join(', '),
  ...Object.fromEntries(
    Object.entries(row.settings)
      .filter(([key]) => DATA_SETTINGS.test(key))
      .map(([key, value]) => [key, String(value)]),
  ),
});

export interface DataGroup {
  /** "A", "B", ... in the order in which they appear. */
  readonly letter: string;
  readonly rows: readonly RunRow[];
  /** What sets the data of this group apart, "fields: t2m; time: all". */
  readonly description: string;
}

/** Runs of the same data: their metrics can be compared. One group where all are. */
export function dataGroups(rows: readonly RunRow[]): DataGroup[] {
  const groups = new Map<string, RunRow[]>();
  for (const row of rows) {
    const data = dataOf(row);
    const key = JSON.stringify(
      Object.keys(data)
        .sort()
        .map((name) => [name, data[name]]),
    );
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const all = [...groups.values()];
  const keys = [...new Set(rows.flatMap((row) => Object.keys(dataOf(row))))];
  const differing = keys.filter((key) => new Set(all.map(([row]) => dataOf(row)[key])).size > 1);
  return all.map((members, i) => ({
    letter: letterOf(i),
    rows: members,
    description: differing.map((key) => `${key}: ${dataOf(members[0])[key] || 'all'}`).join('; '),
  }));
}

function letterOf(i: number): string {
  return (i >= 26 ? letterOf(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));
}

/** The best finished runs of each metric, among the runs of the same data; none where only one is finished. */
export function bestRuns(groups: readonly DataGroup[]): Map<MetricKey, Set<RunRow>> {
  const best = new Map<MetricKey, Set<RunRow>>();
  for (const { key, better } of metrics) {
    const winners = new Set<RunRow>();
    for (const { rows } of groups) {
      const candidates = rows.filter(
        ({ state, metrics: m }) => state === 'finished' && (m?.[key] ?? null) !== null,
      );
      if (candidates.length < 2) continue;
      const values = candidates.map((row) => row.metrics![key]!);
      const extreme = better === 'higher' ? Math.max(...values) : Math.min(...values);
      candidates.filter((_, i) => values[i] === extreme).forEach((row) => winners.add(row));
    }
    best.set(key, winners);
  }
  return best;
}

/** What a reader must know before comparing; empty where all is plain. */
export function comparisonNotes(rows: readonly RunRow[]): string[] {
  const notes: string[] = [];
  const groups = dataGroups(rows);
  if (groups.length > 1) {
    notes.push(
      'Not all of these runs have clustered the same data, and metrics can be compared only between runs that have. ' +
        'The best are marked among runs with the same letter:',
      ...groups.map(({ letter, description }) => `${letter} – ${description}`),
    );
  }
  const finished = rows.filter(({ state }) => state === 'finished');
  if (new Set(finished.map(({ clusters }) => clusters)).size > 1) {
    notes.push(
      'RMSE and variance fall as K grows, whatever the clusters: a larger K that is better in these is not a better clustering.',
    );
  }
  if (rows.length === 1) {
    notes.push('Cluster the same file again, with another K, seed or setting, to see the runs side by side.');
  }
  return notes;
}
