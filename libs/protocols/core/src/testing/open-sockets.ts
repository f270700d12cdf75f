import { readdirSync, readlinkSync } from 'node:fs';

const FD_FOLDER = '/proc/self/fd';

/** Sockets this process has open, those that do not keep it alive too; null where the system cannot tell. */
export function openSockets(): number | null {
  let names: string[];
  try {
    names = readdirSync(FD_FOLDER);
  } catch {
    return null;
  }
  return names.filter(isSocket).length;
}

function isSocket(name: string): boolean {
  try {
    return readlinkSync(`${FD_FOLDER}/${name}`).startsWith('socket:');
  } catch {
    // Closed since the folder was read.
    return false;
  }
}
