/** A reason not to start that the person in front of the terminal can act on: shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const CODES: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is a file, not a folder',
};

/** Turns an error of the file system into words; anything else is returned as it is. */
export function explain(error: unknown, doing: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const reason = typeof code === 'string' ? CODES[code] : undefined;
  return reason === undefined
    ? error
    : new StartError(`Cannot ${doing}: ${reason}.`, { cause: error });
}
