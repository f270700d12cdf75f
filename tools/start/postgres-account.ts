import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** The user PostgreSQL runs as; absent ids mean: as whoever started us. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  readonly name: string | null;
}

function lookUp(passwd: string, name: string): RunAs | null {
  const line = passwd.split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined
    ? null
    : { uid: Number(uid), gid: Number(gid), name };
}

/**
 * PostgreSQL's programs refuse root, so root runs them as somebody else.
 * @throws StartError for root on a system that has neither user
 */
export function postgresAccount(
  ownUid: number | undefined = process.getuid?.(),
  passwd: () => string = () => readFileSync('/etc/passwd', 'utf8'),
): RunAs {
  if (ownUid !== 0) return { name: null };
  const entries = passwd();
  const account = lookUp(entries, 'postgres') ?? lookUp(entries, 'nobody');
  if (account) return account;
  throw new StartError(
    'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Start as an ordinary user, or give DATABASE_URL.',
  );
}

type Stat = (path: string) => { readonly mode: number; readonly uid: number; readonly gid: number };

/** Whether `account` may pass through every folder from / to `path`, `path` included when it is a folder. */
export function canReach(path: string, account: RunAs, stat: Stat = statSync): boolean {
  if (account.uid === undefined) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = stat(folder);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}
