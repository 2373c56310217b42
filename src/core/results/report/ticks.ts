/** Round numbers from `low` to `high`, about `count` of them, in steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The next number of the form 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not smaller. */
export function niceLimit(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor =
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value * (1 - 1e-9)) ??
    10;
  return Number((factor * power).toPrecision(12));
}

/** A number for people: three significant digits, exponents only where needed. */
export function short(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 1e5 || magnitude < 1e-3
      ? value.toExponential(digits - 1).replace(/e\+?(-?)(\d+)/, ' × 10^$1$2')
      : String(Number(value.toPrecision(digits)));
  return text.replace(/^-/, '−').replace(/\^(-?\d+)/, (_, n: string) => superscript(n));
}

/** Ticks with as many digits as it takes to tell them apart. */
export function tickTexts(ticks: readonly number[]): string[] {
  for (let digits = 3; digits < 8; digits++) {
    const texts = ticks.map((tick) => short(tick, digits));
    if (new Set(texts).size === ticks.length) return texts;
  }
  return ticks.map((tick) => short(tick, 8));
}

/** A whole power of ten: as a number where that is short. */
export function powerOfTen(power: number): string {
  return Math.abs(power) <= 3 ? String(Number(`1e${power}`)) : `10${superscript(String(power))}`;
}

/** The power of ten that makes numbers of this size easy to read: 1 from 0.01 to 10,000. */
export function readableFactor(size: number): { factor: number; prefix: string } {
  if (!(size > 0) || (size >= 0.01 && size < 1e4)) return { factor: 1, prefix: '' };
  const power = Math.floor(Math.log10(size));
  return { factor: Number(`1e${power}`), prefix: `10${superscript(String(power))} ` };
}

/** Units with their powers raised: "kg m-2 s-1" and "m**2 s**-2" as they are printed. Undefined for none. */
export function prettyUnits(units: string): string | undefined {
  const text = units.trim();
  if (text === '' || text === '1') return undefined;
  return text
    .replace(
      /([A-Za-z])(?:\*\*|\^)?(-?\d+)(?![\w.])/g,
      (_, unit: string, power: string) => unit + superscript(power),
    )
    .replace(/^(?:deg(?:rees?)?_?C|Celsius)$/i, '°C');
}

function superscript(digits: string): string {
  return Array.from(digits, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function monthName(month: number): string {
  return months[month - 1];
}

export interface TimeTick {
  /** Index of the first time step of the named period. */
  readonly index: number;
  readonly label: string;
}

/**
 * Where a calendar's days, months or years begin among the time steps, about `count` of them. Plain step numbers get round
 * numbers.
 */
export function timeTicks(iso: readonly string[], count: number): TimeTick[] {
  const parts = iso.map((text) => /^(-?\d+)-(\d\d)-(\d\d)/.exec(text));
  if (parts.some((match) => match === null)) {
    return niceTicks(0, iso.length - 1, count).map((index) => ({ index, label: iso[index] }));
  }
  const begins = (length: number): TimeTick[] => {
    const key = (i: number) => (parts[i] as RegExpExecArray).slice(1, 1 + length).join('-');
    const ticks: TimeTick[] = [];
    for (let i = 0; i < iso.length; i++) {
      if (i > 0 && key(i) === key(i - 1)) continue;
      const [, year, month, day] = parts[i] as RegExpExecArray;
      const newYear = i === 0 || (parts[i - 1] as RegExpExecArray)[1] !== year;
      const newMonth = newYear || (parts[i - 1] as RegExpExecArray)[2] !== month;
      const name = monthName(Number(month));
      const label =
        length === 1
          ? year
          : length === 2
            ? newYear
              ? `${name} ${year}`
              : name
            : newMonth
              ? `${Number(day)} ${name}`
              : String(Number(day));
      ticks.push({ index: i, label });
    }
    // A period that began before the data, and is nearly over, would crowd the next one's label.
    return ticks.length > 2 && ticks[1].index < iso.length / (3 * count) ? ticks.slice(1) : ticks;
  };
  for (const length of [3, 2, 1]) {
    const ticks = begins(length);
    if (ticks.length <= 1.6 * count) return ticks;
    if (length === 3 && begins(2).length < count / 4) return thin(ticks, count);
    if (length === 2 && begins(1).length < count / 4) return thin(ticks, count);
  }
  return thin(begins(1), count);
}

function thin(ticks: TimeTick[], count: number): TimeTick[] {
  const every = Math.ceil(ticks.length / count);
  return ticks.filter((_, i) => i % every === 0);
}
