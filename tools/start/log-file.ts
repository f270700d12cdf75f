import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';

/** The log of the run before stays as `<file>.1`. */
export function rotateLog(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.1`);
}

const TAIL_BYTES = 16_384;
const COLOURS = /\u001b\[[0-9;]*m/g;
const FRAME = /^\s+at /;
/** The line of a crash that says what was thrown; Node prints objects and its own version behind it. */
const THROWN = /^(Uncaught )?\w*(Error|Exception)\b.*: /;

/** The last lines of a log, or those from a crash on, at most `count`; pino's JSON lines are shortened to level, message and error. */
export function lastLogLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8').replace(COLOURS, '').split('\n');
    if (size > TAIL_BYTES) lines.shift(); // cut in the middle
    const told = lines.filter((line) => line.trim() !== '' && !FRAME.test(line));
    const crash = told.findLastIndex((line) => THROWN.test(line));
    const from = crash >= 0 ? crash : Math.max(0, told.length - count);
    return told.slice(from, from + count).map(readableLine);
  } finally {
    closeSync(handle);
  }
}

function readableLine(line: string): string {
  try {
    const entry = JSON.parse(line) as {
      level?: unknown;
      message?: unknown;
      err?: { message?: unknown };
    };
    if (typeof entry.message !== 'string') return line;
    const cause = typeof entry.err?.message === 'string' ? ` (${entry.err.message})` : '';
    return `${String(entry.level ?? '')} ${entry.message}${cause}`.trim();
  } catch {
    return line.slice(0, 500);
  }
}
