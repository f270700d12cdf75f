/** What makes a spreadsheet run a cell as a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\0]/;
/** Our own escape, taken back: a quote before what would be a formula, or before such a quote. */
const ESCAPED = /^'(?='*[=+\-@\t\r\0])/;
const QUOTED = /[",\r\n]/;

/** One cell of a CSV line (RFC 4180); a text that a spreadsheet would run gets a quote in front. */
export function csvCell(text: string): string {
  const harmless = FORMULA.test(text) || ESCAPED.test(text) ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** The text as it was before `csvCell` put a quote in front. */
export const plainCell = (cell: string): string => cell.replace(ESCAPED, '');
