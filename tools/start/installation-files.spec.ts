import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AdminAccount } from './admin-account.ts';
import { prepareDataFolder } from './data-folder.ts';
import { lastLogLines, rotateLog } from './log-file.ts';
import { takeRunLock } from './run-lock.ts';
import { readablePassword, SecretStore } from './secrets.ts';
import { hashSources, SourceStamp } from './source-stamp.ts';
import { explain, StartError } from './start-error.ts';
import { temporaryFolder } from './temporary-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('start');
});
afterEach(() => folder.remove());

describe('the run lock', () => {
  const url = 'http://127.0.0.1:8080';
  const file = (): string => join(folder.path, 'drm.lock');

  it('is taken once, and names its owner to the next', () => {
    const first = takeRunLock(file(), url);
    expect(first).toMatchObject({ kind: 'locked', wasAbandoned: false });
    expect(takeRunLock(file(), 'other')).toMatchObject({
      kind: 'busy',
      owner: { pid: process.pid, url },
    });
    if (first.kind === 'locked') first.lock.release();
    expect(takeRunLock(file(), url)).toMatchObject({ kind: 'locked', wasAbandoned: false });
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, processStart: null, url })],
    [
      'another process with the same number',
      JSON.stringify({ pid: process.pid, processStart: '1', url }),
    ],
    ['a write that was cut off', '{"pid":'],
    ['nobody', ''],
  ])('is taken over from %s', (_title, content) => {
    writeFileSync(file(), content);
    expect(takeRunLock(file(), url)).toMatchObject({ kind: 'locked', wasAbandoned: true });
  });
});

describe('secrets', () => {
  it('are made once and kept in files that only the owner reads', () => {
    const path = join(folder.path, 'secrets');
    const first = new SecretStore(path).password('app_rw');
    const store = new SecretStore(path);
    expect(store.password('app_rw')).toBe(first);
    expect(store.password('app_worker')).not.toBe(first);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'app_rw')).mode & 0o777).toBe(0o600);
  });

  it('include a 32-byte key in hex and a P-256 key in PEM', () => {
    const store = new SecretStore(join(folder.path, 'secrets'));
    expect(readFileSync(store.keyEncryptionKeyFile(), 'utf8').trim()).toMatch(/^[0-9a-f]{64}$/);
    const key = createPrivateKey(readFileSync(store.signingKeyFile(), 'utf8'));
    expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    expect(statSync(store.signingKeyFile()).mode & 0o777).toBe(0o600);
  });

  it('include passwords a person can type', () => {
    expect(readablePassword()).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{5}-){3}[a-km-zA-HJ-NP-Z2-9]{5}$/);
  });
});

describe("the administrator's password", () => {
  const account = (email = 'admin@example.com'): AdminAccount =>
    new AdminAccount(new SecretStore(join(folder.path, 'secrets')), email);

  it('is generated, and the same until it was shown', () => {
    const first = account().decide(undefined);
    const second = account().decide(undefined);
    expect(first).toMatchObject({ kind: 'generated', wasShown: false });
    expect(second).toEqual(first);
    account().remember(first);
    expect(account().decide(undefined)).toEqual({ ...first, wasShown: true });
  });

  it('is kept in a file only the owner reads', () => {
    const decided = account().decide(undefined);
    const file = account().passwordFile;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(
      decided.kind === 'generated' ? decided.password : '?',
    );
  });

  it('is never written down when it was given', () => {
    const given = account().decide('correct horse battery');
    account().remember(given);
    expect(given.kind).toBe('given');
    expect(account().decide(undefined)).toEqual({ kind: 'chosen-earlier' });
  });

  it('does not pass from one address to another', () => {
    account().remember(account().decide(undefined));
    expect(account('other@example.com').decide(undefined)).toMatchObject({ wasShown: false });
  });
});

describe('the data folder', () => {
  it('is made, with logs for the owner alone', () => {
    const made = prepareDataFolder(join(folder.path, 'a/b'));
    expect(statSync(made.logs).mode & 0o777).toBe(0o700);
  });

  it('is refused in words when a file is in its place', () => {
    writeFileSync(join(folder.path, 'file'), '');
    expect(() => prepareDataFolder(join(folder.path, 'file/data'))).toThrow(
      /Cannot write to the data folder .*: a part of the path is a file/,
    );
  });

  it('is refused when the disk is nearly full, before anything is started', () => {
    expect(() => prepareDataFolder(folder.path, () => 12 * 1024 * 1024)).toThrow(
      /Only 12 MiB are free/,
    );
  });

  it.each([
    ['ENOSPC', 'no space left'],
    ['EROFS', 'read-only'],
    ['EACCES', 'permission denied'],
  ])('explains %s', (code, words) => {
    const error = explain(Object.assign(new Error(code), { code }), 'write');
    expect(error).toBeInstanceOf(StartError);
    expect((error as Error).message).toContain(words);
  });

  it('leaves other errors as they are', () => {
    const error = new Error('a defect');
    expect(explain(error, 'write')).toBe(error);
  });
});

describe('source stamps', () => {
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder.path, 'src'), { recursive: true });
    writeFileSync(join(folder.path, 'src', name), text);
  };

  it('change with contents and names, not with times or tests', () => {
    write('a.ts', '1');
    const hash = (): string => hashSources(folder.path, ['src', 'absent']);
    const first = hash();
    write('a.ts', '1');
    write('a.spec.ts', 'test');
    write('a.int-spec.ts', 'test');
    expect(hash()).toBe(first);
    write('a.ts', '2');
    const second = hash();
    expect(second).not.toBe(first);
    write('b.ts', '');
    expect(hash()).not.toBe(second);
  });

  it('are remembered after a build', () => {
    const stamp = new SourceStamp(join(folder.path, 'dist/stamps/node'));
    expect(stamp.matches('x')).toBe(false);
    stamp.write('x');
    expect(stamp.matches('x')).toBe(true);
    expect(stamp.matches('y')).toBe(false);
  });
});

describe('logs', () => {
  it('of the run before are kept beside', () => {
    const file = join(folder.path, 'api.log');
    rotateLog(file);
    writeFileSync(file, 'one');
    rotateLog(file);
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('one');
  });

  it('are shown by their last lines, JSON shortened', () => {
    const file = join(folder.path, 'api.log');
    const json = { level: 'error', message: 'refused', err: { message: 'EADDRINUSE' }, pid: 1 };
    writeFileSync(file, `${'x'.repeat(20_000)}\nplain\n    at frame\n\n${JSON.stringify(json)}\n`);
    expect(lastLogLines(file, 5)).toEqual(['plain', 'error refused (EADDRINUSE)']);
    expect(lastLogLines(join(folder.path, 'absent'), 5)).toEqual([]);
  });

  it('are shown from the crash on, not by what Node prints behind it', () => {
    const file = join(folder.path, 'worker.log');
    writeFileSync(
      file,
      [
        'starting',
        '\u001b[31mTypeError [Error]: no registrar\u001b[39m',
        '    at frame (file.js:1:1)',
        '  metadata: {',
        "    id: 'x'",
        '  }',
        'Node.js v24.21.0',
      ].join('\n'),
    );
    expect(lastLogLines(file, 2)).toEqual(['TypeError [Error]: no registrar', '  metadata: {']);
  });
});
