import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/** Who runs on a data folder. */
export interface RunOwner {
  readonly pid: number;
  /** Tells a process from a later one that was given the same number; null where the system does not say. */
  readonly processStart: string | null;
  readonly url: string;
}

export interface RunLock {
  release(): void;
}

export type LockAttempt =
  | { readonly kind: 'locked'; readonly lock: RunLock; readonly wasAbandoned: boolean }
  | { readonly kind: 'busy'; readonly owner: RunOwner };

/** Start time in clock ticks since boot, field 22 of proc(5) stat; null when there is no such process or no /proc. */
export function processStartOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks; fields are counted behind its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parseOwner(text: string): RunOwner | null {
  try {
    const value = JSON.parse(text) as Partial<RunOwner>;
    if (typeof value.pid !== 'number' || typeof value.url !== 'string') return null;
    return { pid: value.pid, processStart: value.processStart ?? null, url: value.url };
  } catch {
    return null; // cut off by a crash
  }
}

function readOwner(file: string): RunOwner | null {
  try {
    return parseOwner(readFileSync(file, 'utf8'));
  } catch {
    return null; // its owner removed it meanwhile
  }
}

function stillRuns(owner: RunOwner): boolean {
  if (!isAlive(owner.pid)) return false;
  return owner.processStart === null || owner.processStart === processStartOf(owner.pid);
}

/**
 * Takes the data folder for this process. A file left by a process that is gone (killed, machine restarted) is taken
 * over; `wasAbandoned` says so.
 */
export function takeRunLock(file: string, url: string): LockAttempt {
  const own: RunOwner = { pid: process.pid, processStart: processStartOf(process.pid), url };
  let wasAbandoned = false;
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, JSON.stringify(own));
      closeSync(handle);
      const release = (): void => {
        if (readOwner(file)?.pid === process.pid) rmSync(file, { force: true });
      };
      return { kind: 'locked', lock: { release }, wasAbandoned };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readOwner(file);
    if (owner !== null && stillRuns(owner)) return { kind: 'busy', owner };
    wasAbandoned = true;
    rmSync(file, { force: true });
  }
}
