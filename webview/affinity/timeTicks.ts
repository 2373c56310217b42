/** Ticks of a time axis on which the steps stand one after the other, whatever lies between them. */
import { MONTHS, parseTime } from '../shared/calendar';

export interface TimeTick {
  /** Index of the first time step of what the label names. */
  readonly step: number;
  readonly label: string;
}

const MONTH_STEPS = [1, 2, 3, 6];
const YEAR_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** At most `most` ticks: beginnings of months or years where the data have a calendar, else round indices. */
export function timeTicks(times: readonly string[], most: number): TimeTick[] {
  const parsed = times.map(parseTime);
  if (parsed.length < 2 || parsed.some((time) => time === undefined)) return indexTicks(times, most);
  const month = parsed.map((time) => 12 * time!.year + time!.month - 1);
  // A month that had begun before the first step is no beginning.
  const starts = month.flatMap((value, step) =>
    (step === 0 ? parsed[0]!.day === 1 : value !== month[step - 1]) ? [{ step, value }] : [],
  );
  for (const every of MONTH_STEPS) {
    const ticks = starts.filter(({ value }) => value % every === 0);
    if (ticks.length <= most && (ticks.length > 1 || every === 1)) {
      if (ticks.length < 2) break;
      return ticks.map(({ step, value }, i) => ({
        step,
        label: `${MONTHS[value % 12]}${i === 0 || value % 12 === 0 ? ` ${Math.floor(value / 12)}` : ''}`,
      }));
    }
  }
  for (const every of YEAR_STEPS) {
    // Data of some months only (winters) have no January: the first step of a year is its beginning.
    const ticks = starts.filter(({ value }, i) => {
      const year = Math.floor(value / 12);
      const isFirst = i === 0 ? value % 12 === 0 : Math.floor(starts[i - 1].value / 12) !== year;
      return isFirst && year % every === 0;
    });
    if (ticks.length > 1 && ticks.length <= most) {
      return ticks.map(({ step, value }) => ({ step, label: String(Math.floor(value / 12)) }));
    }
  }
  return endTicks(times);
}

/** A few days or hours: the first and the last step. */
function endTicks(times: readonly string[]): TimeTick[] {
  const last = times.length - 1;
  return [0, last].map((step) => ({ step, label: times[step].slice(0, 10) }));
}

function indexTicks(times: readonly string[], most: number): TimeTick[] {
  const rough = times.length / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const every = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? times.length;
  return times.flatMap((time, step) => (step % every === 0 ? [{ step, label: time }] : []));
}
