import { UserError } from '../errors';
import type { EpochRecord, Phase } from '../progress';
import { csvCell, parseCsv } from './csv';
import { metricNames } from './metricsJson';

type Numbers = Readonly<Record<string, number | undefined>>;

const schedulePrefix = 'schedule.';
const metricPrefix = 'metric.';

/** What old versions kept among the losses. */
const oldSchedule: readonly string[] = ['temperature', 'learningRate', 'windows'];

/**
 * history.csv: `epoch,phase,seconds`, one column per loss, then `schedule.<name>` and `metric.<name>`; one row per epoch.
 * What an epoch lacks is empty.
 */
export function formatHistory(history: readonly EpochRecord[]): string {
  const columns = [
    ...columnsOf(history, '', ({ losses }) => losses),
    ...columnsOf(history, schedulePrefix, ({ schedule }) => schedule ?? {}),
    ...columnsOf(history, metricPrefix, ({ metrics }) => ({ ...metrics })),
  ];
  const rows = history.map((record) => [
    String(record.epoch),
    record.phase,
    record.seconds.toFixed(3),
    ...columns.map(({ valueIn }) => valueIn(record)),
  ]);
  return [['epoch', 'phase', 'seconds', ...columns.map(({ title }) => csvCell(title))], ...rows]
    .map((row) => row.join(',') + '\n')
    .join('');
}

function columnsOf(
  history: readonly EpochRecord[],
  prefix: string,
  numbers: (record: EpochRecord) => Numbers,
): { title: string; valueIn: (record: EpochRecord) => string }[] {
  const names = [...new Set(history.flatMap((record) => Object.keys(numbers(record))))];
  const cell = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '' : String(value);
  return names.map((name) => ({
    title: prefix + name,
    valueIn: (record) => cell(numbers(record)[name]),
  }));
}

/**
 * Reads what {@link formatHistory} wrote, now or in an older version. Metrics that it does not know are left out.
 * Throws a UserError when the text is not a history.
 */
export function parseHistory(text: string, source: string): EpochRecord[] {
  const [header = [], ...rows] = parseCsv(text);
  if (header.slice(0, 3).join() !== 'epoch,phase,seconds') {
    throw new UserError(
      `${source} is not a training history: its columns must begin with epoch, phase, seconds.`,
    );
  }
  return rows.map((row, i) => {
    const losses: Record<string, number> = {};
    const schedule: Record<string, number> = {};
    const metrics: Record<string, number> = {};
    const numberIn = (cell: string): number => {
      if (cell.trim() !== '' && !Number.isNaN(Number(cell))) return Number(cell);
      throw new UserError(`${source}: row ${i + 1} has a cell that is not a number.`);
    };
    header.slice(3).forEach((title, j) => {
      const cell = row[j + 3] ?? '';
      if (cell === '') return;
      if (title.startsWith(metricPrefix)) metrics[title.slice(metricPrefix.length)] = numberIn(cell);
      else if (title.startsWith(schedulePrefix))
        schedule[title.slice(schedulePrefix.length)] = numberIn(cell);
      else losses[title] = numberIn(cell);
    });
    return toRecord({
      epoch: numberIn(row[0]),
      phase: row[1] as Phase,
      seconds: numberIn(row[2] ?? ''),
      losses,
      schedule,
      metrics,
    });
  });
}

/** A record of any version: schedules are no losses, metrics are known ones, and what is empty is absent. */
export function toRecord(record: EpochRecord): EpochRecord {
  const { epoch, phase, seconds } = record;
  const isOld = (name: string): boolean => oldSchedule.includes(name);
  const losses = pick(record.losses, (name) => !isOld(name));
  const schedule = { ...record.schedule, ...pick(record.losses, isOld) };
  const metrics = pick({ ...record.metrics }, (name) => (metricNames as readonly string[]).includes(name));
  return {
    epoch,
    phase,
    seconds,
    losses,
    ...(Object.keys(schedule).length > 0 && { schedule }),
    ...(Object.keys(metrics).length > 0 && { metrics }),
  };
}

function pick(
  numbers: Readonly<Record<string, number>>,
  wanted: (name: string) => boolean,
): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([name]) => wanted(name)));
}
