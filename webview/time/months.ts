/** Which part of the year data cover: all of it, or a season such as December to February. */
import type { CalendarTime } from '../shared/calendar';

/**
 * The months (0 to 11) from the first to the last of the season, in its order: after the longest run of months that never
 * occur. Data of whole years begin in
 * January; without dates there are none.
 */
export function coveredMonths(dates: readonly CalendarTime[]): number[] {
  const covered = Array<boolean>(12).fill(false);
  for (const { month } of dates) covered[month - 1] = true;
  let longest = { length: 0, end: 0 };
  for (let first = 0; first < 12; first++) {
    let length = 0;
    while (length < 12 && !covered[(first + length) % 12]) length++;
    // A gap is found from its first month on; from later ones it is shorter.
    if (length > longest.length) longest = { length, end: (first + length) % 12 };
  }
  return Array.from({ length: 12 - longest.length }, (_, i) => (longest.end + i) % 12);
}
