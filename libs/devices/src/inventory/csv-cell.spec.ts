import { describe, expect, it } from '@jest/globals';
import { csvCell, csvLine, plainCell } from './csv-cell.ts';

const cells: readonly (readonly [string, string, string])[] = [
  ['plain text', 'Gateway 1', 'Gateway 1'],
  ['a formula', '=1+1', "'=1+1"],
  ['a formula with a call', '=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['a plus', '+1', "'+1"],
  ['a minus', '-2', "'-2"],
  ['an at sign', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab', '\t=1', "'\t=1"],
  ['a carriage return', '\r=1', `"'\r=1"`],
  ['NUL', '\0=1', "'\0=1"],
  ['a quote before a formula', "'=1", "''=1"],
  ['a quote before text', "'tis", "'tis"],
  ['a sign inside', 'a=1', 'a=1'],
  ['a comma', 'a,b', '"a,b"'],
  ['a quote mark', 'a"b', '"a""b"'],
  ['a line end', 'a\nb', '"a\nb"'],
  ['nothing', '', ''],
];

describe('a cell of an export', () => {
  it.each(cells)('is harmless: %s', (_name, text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it.each(cells)('comes back as it was: %s', (_name, text, cell) => {
    const unquoted = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    expect(plainCell(unquoted)).toBe(text);
  });

  it('ends its line with CR LF', () => {
    expect(csvLine(['a', '', '=b'])).toBe("a,,'=b\r\n");
  });
});
