/**
 * Rows and cells of a CSV text (RFC 4180: quotes, doubled quotes, line ends of any system; a byte order mark is skipped,
 * empty lines are left out). The separator is a comma, or a semicolon or tab where the first line has no comma.
 */
export function parseCsv(text: string): string[][] {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  const firstLine = /^[^\r\n]*/.exec(body)?.[0] ?? '';
  const separator = [',', ';', '\t'].find((candidate) => firstLine.includes(candidate)) ?? ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || row[0].trim() !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let i = 0; i < body.length; i++) {
    const character = body[i];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (body[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') {
      cell = '';
      quoted = true;
    } else if (character === separator) {
      row.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && body[i + 1] === '\n') i++;
      endRow();
    } else cell += character;
  }
  endRow();
  return rows;
}

/** A cell, quoted where CSV needs it. */
export function csvCell(text: string): string {
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal number that reads back as the same float32; empty for NaN. */
export function shortFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '' : String(value);
  const single = Math.fround(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return String(short);
  }
  return String(Number(single.toPrecision(9)));
}
