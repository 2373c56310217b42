/** Time axes of the kinds that climate data have. */

type LengthsOf = (year: number) => readonly number[];
const common: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const leap: readonly number[] = common.map((length, month) => (month === 1 ? 29 : length));
export const gregorian: LengthsOf = (year) =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? leap : common;
export const noLeap: LengthsOf = () => common;
export const thirtyDays: LengthsOf = () => Array<number>(12).fill(30);

const two = (n: number): string => String(n).padStart(2, '0');

/** Every day of the given months (1 to 12) from `first` to `last` year, at each of `hours`. */
export function days(
  first: number,
  last: number,
  lengths: LengthsOf = gregorian,
  { months, hours = [0] }: { months?: readonly number[]; hours?: readonly number[] } = {},
): string[] {
  const times: string[] = [];
  for (let year = first; year <= last; year++) {
    lengths(year).forEach((length, m) => {
      if (months && !months.includes(m + 1)) return;
      for (let day = 1; day <= length; day++) {
        for (const hour of hours) times.push(`${year}-${two(m + 1)}-${two(day)}T${two(hour)}:00:00`);
      }
    });
  }
  return times;
}

/** The middle of every month. */
export function months(first: number, last: number): string[] {
  return days(first, last)
    .filter((time) => time.includes('-16T'))
    .map((time) => time.replace('T00', 'T12'));
}
