import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.ts';

const SOURCE = join(import.meta.dirname, 'bootstrap.mjs');

describe('the bootstrap', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder('bootstrap');
    mkdirSync(join(folder.path, 'tools/start'), { recursive: true });
    cpSync(SOURCE, join(folder.path, 'tools/start/bootstrap.mjs'));
    writeFileSync(join(folder.path, 'package-lock.json'), '{}');
    writeFileSync(
      join(folder.path, 'tools/start/run.mjs'),
      "import { bootstrap } from './bootstrap.mjs';\nawait bootstrap('tools/start/main.ts');\n",
    );
  });
  afterEach(() => folder.remove());

  /** With an npm in front that only leaves a mark: nothing here may really install. */
  function run(): { status: number | null; output: string; npmRan: boolean } {
    const bin = join(folder.path, 'bin');
    const mark = join(folder.path, 'npm-ran');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\ntouch '${mark}'\nexit 7\n`, { mode: 0o755 });
    const result = spawnSync(process.execPath, ['tools/start/run.mjs'], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { PATH: `${bin}:/usr/bin:/bin` },
    });
    return {
      status: result.status,
      output: result.stdout + result.stderr,
      npmRan: existsSync(mark),
    };
  }

  it('runs npm ci where no packages are, and says so when that fails', () => {
    const { status, output, npmRan } = run();
    expect(npmRan).toBe(true);
    expect(status).toBe(1);
    expect(output).toContain('npm ci failed (exit code 7)');
  });

  it('never installs through a link: npm ci would empty the folder behind it', () => {
    const shared = join(folder.path, 'shared');
    mkdirSync(join(shared, 'a-package'), { recursive: true });
    symlinkSync(shared, join(folder.path, 'node_modules'));
    const { status, output, npmRan } = run();
    expect(npmRan).toBe(false);
    expect(status).toBe(1);
    expect(output).toContain('is a link');
    expect(existsSync(join(shared, 'a-package'))).toBe(true);
  });
});
