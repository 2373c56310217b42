import type { EpochRecord, Phase } from '../progress';
import { UserError } from '../errors';
import { csvCell, parseCsv } from './csv';

/** history.csv: `epoch,phase,seconds` and one column per loss, one row per epoch; a loss that an epoch lacks is empty. */
export function formatHistory(history: readonly EpochRecord[]): string {
  const names = [...new Set(history.flatMap((record) => Object.keys(record.losses)))];
  const cell = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '' : String(value);
  const rows = history.map((record) => [
    String(record.epoch),
    record.phase,
    record.seconds.toFixed(3),
    ...names.map((name) => cell(record.losses[name])),
  ]);
  return [['epoch', 'phase', 'seconds', ...names.map(csvCell)], ...rows]
    .map((row) => row.join(',') + '\n')
    .join('');
}

/** Reads what {@link formatHistory} wrote. Throws a UserError when the text is not a history. */
export function parseHistory(text: string, source: string): EpochRecord[] {
  const [header = [], ...rows] = parseCsv(text);
  if (header.slice(0, 3).join() !== 'epoch,phase,seconds') {
    throw new UserError(
      `${source} is not a training history: its columns must begin with epoch, phase, seconds.`,
    );
  }
  return rows.map((row, i) => {
    const losses: Record<string, number> = {};
    header.slice(3).forEach((name, j) => {
      const cell = row[j + 3] ?? '';
      if (cell !== '') losses[name] = Number(cell);
    });
    const record = { epoch: Number(row[0]), phase: row[1] as Phase, seconds: Number(row[2]), losses };
    if (![record.epoch, record.seconds, ...Object.values(losses)].every((value) => !Number.isNaN(value))) {
      throw new UserError(`${source}: row ${i + 1} has a cell that is not a number.`);
    }
    return record;
  });
}
