/** Round numbers for scales, and how they are written. */

/** Multiples of 1, 2, 2.5 or 5 times a power of ten from `low` to `high`, at most `count` + 1 of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not smaller; 0 stays 0. */
export function niceLimit(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor =
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(12));
}

/**
 * The power of ten that is written once beside the units, so that the numbers of a scale are short: 0 for magnitudes from
 * 0.01 to 1,000,000 (pressures in Pa are read as they are).
 */
export function sharedExponent(low: number, high: number): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return !(size > 0) || (size >= 0.01 && size < 1e6) ? 0 : Math.floor(Math.log10(size) + 1e-9);
}

/** Ticks as text, all with the decimals that the steps between them need, divided by ten to the `exponent`. */
export function tickLabels(ticks: readonly number[], exponent: number, signed = false): string[] {
  const scaled = ticks.map((tick) => Number((tick / 10 ** exponent).toPrecision(12)));
  const decimals = Math.max(0, ...scaled.map((value) => (String(value).split('.')[1] ?? '').length));
  return scaled.map((value) => {
    if (value === 0) return '0';
    const text = value.toFixed(Math.min(decimals, 6)).replace('-', '−');
    return signed && value > 0 ? `+${text}` : text;
  });
}

/** Units with their powers raised and a shared power of ten in front: "10⁻⁵ kg m⁻² s⁻¹". */
export function unitsLabel(units: string, exponent = 0): string {
  const pretty = prettyUnits(units);
  if (exponent === 0) return pretty;
  const power = `10${superscript(String(exponent))}`;
  return pretty ? `${power} ${pretty}` : `× ${power}`;
}

/** "kg m-2 s-1" and "m**2 s**-2" as they are printed; empty for pure numbers. */
export function prettyUnits(units: string): string {
  const text = units.trim();
  if (text === '' || text === '1' || /^(unitless|dimensionless|none)$/i.test(text)) return '';
  return text
    .replace(
      /([A-Za-z])(?:\*\*|\^)?(-?\d+)(?![\w.])/g,
      (_, unit: string, power: string) => unit + superscript(power),
    )
    .replace(/^(?:deg(?:rees?)?_?C|Celsius|degrees? Celsius)$/i, '°C')
    .replace(/^(?:Kelvin|degK|deg_K|degrees?_?K)$/i, 'K')
    .replace(/^percent$/i, '%');
}

function superscript(digits: string): string {
  return Array.from(digits, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
}

/** "12.5° N"; decimals as given. */
export function formatLatitude(latitude: number, decimals = 1): string {
  const text = Math.abs(latitude).toFixed(decimals);
  return Number(text) === 0 ? `${text}°` : `${text}° ${latitude > 0 ? 'N' : 'S'}`;
}

/** "40.0° E"; any longitude. */
export function formatLongitude(longitude: number, decimals = 1): string {
  let turned = (((longitude % 360) + 540) % 360) - 180;
  if (turned < -180) turned += 360;
  const text = Math.abs(turned).toFixed(decimals);
  if (Number(text) === 0 || Number(text) === 180) return `${text}°`;
  return `${text}° ${turned > 0 ? 'E' : 'W'}`;
}
