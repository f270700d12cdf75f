import { describe, expect, it } from '@jest/globals';
import { canReach, postgresAccount } from './postgres-account.ts';

const PASSWD = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
const POSTGRES = 'postgres:x:108:117::/var/lib/postgresql:/bin/bash\n';

describe('the account PostgreSQL runs as', () => {
  it('is ours when we are not root', () => {
    expect(postgresAccount(1000, () => PASSWD)).toEqual({ name: null });
  });

  it('is postgres, else nobody, when we are root', () => {
    expect(postgresAccount(0, () => PASSWD + POSTGRES)).toEqual({
      uid: 108,
      gid: 117,
      name: 'postgres',
    });
    expect(postgresAccount(0, () => PASSWD)).toMatchObject({ uid: 65534, name: 'nobody' });
  });

  it('is refused in words when there is neither', () => {
    expect(() => postgresAccount(0, () => 'root:x:0:0::/root:/bin/sh\n')).toThrow('DATABASE_URL');
  });

  it('is not reached behind a closed folder anywhere on the way', () => {
    const modes: Record<string, number> = { '/': 0o755, '/root': 0o700, '/root/drm': 0o755 };
    const stat = (path: string) => ({ mode: modes[path] ?? 0, uid: 0, gid: 0 });
    const account = { uid: 108, gid: 117, name: 'postgres' };
    expect(canReach('/root/drm', account, stat)).toBe(false);
    modes['/root'] = 0o711;
    expect(canReach('/root/drm', account, stat)).toBe(true);
    expect(canReach('/root/drm', { name: null }, () => ({ mode: 0, uid: 0, gid: 0 }))).toBe(true);
  });

  it('is judged by its own bits where it owns the folder', () => {
    const stat = () => ({ mode: 0o077, uid: 108, gid: 0 });
    expect(canReach('/data', { uid: 108, gid: 117, name: 'postgres' }, stat)).toBe(false);
  });
});
