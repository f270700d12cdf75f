import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { expect, it } from '@jest/globals';

/** A device whose every write fails with ENOSPC. */
const FULL = '/dev/full';
const onLinux = existsSync(FULL) ? it : it.skip;
if (!existsSync(FULL)) process.stderr.write(`Skipped: logging to a full disk (no ${FULL} here).\n`);

const SCRIPT = `
  import { createLogger } from './libs/telemetry/src/logger.ts';
  const log = createLogger('test', 'info');
  for (let line = 0; line < 100; line += 1) log.info({ line }, 'lost');
  console.log('lost, too');
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.stderr.write('alive');
`;

onLinux('goes on when the disk behind the log is full', () => {
  const loader = ['--conditions=@drm/source', '--import', './tools/swc-register.mjs'];
  const { status, stderr } = spawnSync(
    process.execPath,
    [...loader, '--input-type=module', '--eval', SCRIPT],
    { stdio: ['ignore', openSync(FULL, 'w'), 'pipe'], encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'alive' });
});
