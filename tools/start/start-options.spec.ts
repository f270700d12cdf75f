import { describe, expect, it } from '@jest/globals';
import { StartError } from './start-error.ts';
import { reachable, readStartOptions } from './start-options.ts';

describe('what npm start takes from the environment', () => {
  it('has safe defaults', () => {
    expect(readStartOptions({}, '/repo')).toEqual({
      port: 8080,
      bind: '127.0.0.1',
      dataDir: '/repo/.data',
      databaseUrl: undefined,
      redisUrl: undefined,
      adminEmail: 'admin@example.com',
      adminPassword: undefined,
      demo: true,
      logsToTerminal: false,
    });
  });

  it('takes what is given, and empty text as absent', () => {
    const given = {
      PORT: '9000',
      DRM_BIND: '0.0.0.0',
      DRM_DATA_DIR: '/var/drm',
      DATABASE_URL: 'postgresql://root:pw@db:5432/drm',
      REDIS_URL: '',
      DRM_DEMO: 'FALSE',
      DRM_LOG: 'stdout',
    };
    expect(readStartOptions(given, '/repo')).toMatchObject({
      port: 9000,
      bind: '0.0.0.0',
      dataDir: '/var/drm',
      redisUrl: undefined,
      demo: false,
      logsToTerminal: true,
    });
  });

  it('names every fault at once, and no value', () => {
    const wrong = {
      PORT: '80 80',
      DRM_BIND: 'nowhere',
      DATABASE_URL: 'mysql://secret',
      REDIS_URL: 'secret',
      DRM_ADMIN_EMAIL: 'admin',
      DRM_ADMIN_PASSWORD: 'secret',
      DRM_DEMO: 'maybe',
    };
    const read = (): unknown => readStartOptions(wrong, '/repo');
    expect(read).toThrow(StartError);
    for (const name of Object.keys(wrong)) expect(read).toThrow(name);
    expect(read).not.toThrow(/secret/);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
    ['::1', '[::1]'],
    ['localhost', '127.0.0.1'],
    ['192.0.2.7', '192.0.2.7'],
  ])('reaches a listener on %s at %s', (bind, host) => {
    expect(reachable(bind)).toBe(host);
  });
});
