/** The least and the greatest value; those that are not numbers are left out. `[Infinity, -Infinity]` when none is left. */
export function extent(values: ArrayLike<number>): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > greatest) greatest = values[i];
  }
  return [least, greatest];
}
