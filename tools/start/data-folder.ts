import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, StartError } from './start-error.ts';

const MEBIBYTE = 1024 * 1024;
/** A fresh cluster takes 45 MiB and its write-ahead log up to as much again before anything is stored. */
const LEAST_FREE_BYTES = 200 * MEBIBYTE;

export interface DataFolder {
  readonly path: string;
  readonly secrets: string;
  readonly logs: string;
  readonly lockFile: string;
}

/**
 * Makes the folder and proves that it takes data.
 * @throws StartError in words when it does not
 */
export function prepareDataFolder(
  path: string,
  freeBytes: (path: string) => number = (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
): DataFolder {
  const folder: DataFolder = {
    path,
    secrets: join(path, 'secrets'),
    logs: join(path, 'logs'),
    lockFile: join(path, 'drm.lock'),
  };
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
    chmodSync(folder.logs, 0o700);
    const probe = join(path, `.write-probe-${process.pid}`);
    writeFileSync(probe, Buffer.alloc(4096), { flush: true });
    rmSync(probe);
  } catch (error) {
    throw explain(error, `write to the data folder ${path}`);
  }
  const free = freeBytes(path);
  if (free < LEAST_FREE_BYTES) {
    throw new StartError(
      `Only ${Math.floor(free / MEBIBYTE)} MiB are free for the data folder ${path}; ` +
        `${LEAST_FREE_BYTES / MEBIBYTE} MiB are needed. Free some space or set DRM_DATA_DIR.`,
    );
  }
  return folder;
}
