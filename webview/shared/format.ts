/** Numbers, times and durations for people. */

/** Four significant digits, no exponent for ordinary sizes; an en dash for what is not a number. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = value.toExponential(2).split('e');
    return `${mantissa.replace('-', '−')} × 10${superscript(Number(exponent))}`;
  }
  return minus(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size)))));
}

/** A share as a percentage with one decimal. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** "2 h 5 min", "1 min 20 s", "8 s". */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function minus(text: string): string {
  return text.replace('-', '−');
}

function superscript(exponent: number): string {
  return minus(String(exponent)).replace(/[−0-9]/g, (digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['−0123456789'.indexOf(digit)]);
}
