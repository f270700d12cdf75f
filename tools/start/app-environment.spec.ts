import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appEnvironment,
  migrationEnvironment,
  roleUrl,
  STANDARD_PORTS,
  type Installation,
} from './app-environment.ts';
import { SecretStore } from './secrets.ts';
import { readStartOptions } from './start-options.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('environments of the processes', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder('env');
  });
  afterEach(() => folder.remove());

  const SHELL = {
    PATH: '/usr/bin',
    PORT: '9000',
    DATABASE_URL: 'postgresql://root:admin-secret@db/drm',
    DATABASE_POOL_SIZE: '20',
    DRM_ADMIN_PASSWORD: 'admin-password',
    NODE_OPTIONS: '--inspect',
    LOG_LEVEL: 'debug',
  };
  const installation = (environment: Record<string, string> = {}): Installation => ({
    root: '/repo',
    options: readStartOptions({ ...SHELL, ...environment }, '/repo'),
    ports: STANDARD_PORTS,
    administratorUrl: 'postgresql://postgres:admin-secret@127.0.0.1:5432/drm',
    secrets: new SecretStore(join(folder.path, 'secrets')),
    simulatorPort: 16_200,
  });

  it('give each process the login of its own role', () => {
    const own = installation();
    for (const [app, role] of [
      ['api', 'app_rw'],
      ['worker', 'app_worker'],
      ['gateway', 'app_gateway'],
    ] as const) {
      const url = new URL(appEnvironment(app, own, SHELL)['DATABASE_URL'] ?? '');
      expect(url.username).toBe(role);
      expect(url.password).toBe(own.secrets.password(role));
      expect(url.pathname).toBe('/drm');
    }
  });

  it("keep the administrator's login and password from every process", () => {
    for (const app of ['api', 'worker', 'gateway', 'simulator'] as const) {
      const text = JSON.stringify(appEnvironment(app, installation(), SHELL));
      expect(text).not.toContain('admin-secret');
      expect(text).not.toContain('admin-password');
      expect(text).not.toContain('--inspect');
    }
  });

  it('hand on what tunes the processes', () => {
    expect(appEnvironment('worker', installation(), SHELL)).toMatchObject({
      DATABASE_POOL_SIZE: '20',
      LOG_LEVEL: 'debug',
      PATH: '/usr/bin',
    });
  });

  it('give PORT to the api alone, and ports of their own to the rest', () => {
    const own = installation();
    expect(appEnvironment('api', own, SHELL)).toMatchObject({ PORT: '9000', METRICS_PORT: '9464' });
    const worker = appEnvironment('worker', own, SHELL);
    expect(worker).toMatchObject({ HEALTH_PORT: '8081', METRICS_PORT: '9465' });
    expect(worker).not.toHaveProperty('PORT');
  });

  it('allow devices on this machine unless the operator says otherwise', () => {
    const own = installation({ DRM_DEMO: 'false' });
    const name = 'ALLOW_LOOPBACK_DEVICES';
    expect(appEnvironment('worker', own, SHELL)[name]).toBe('true');
    expect(appEnvironment('worker', own, { ...SHELL, [name]: 'false' })[name]).toBe('false');
  });

  it("give the migration the administrator's login, the roles' passwords and the first password", () => {
    const own = installation();
    const admin = { kind: 'generated', password: 'made-up', wasShown: false } as const;
    expect(migrationEnvironment(own, admin, SHELL)).toMatchObject({
      DATABASE_MIGRATION_URL: own.administratorUrl,
      APP_RW_PASSWORD: own.secrets.password('app_rw'),
      DRM_ADMIN_PASSWORD: 'made-up',
    });
    expect(migrationEnvironment(own, { kind: 'chosen-earlier' }, SHELL)).not.toHaveProperty(
      'DRM_ADMIN_PASSWORD',
    );
  });

  it('tell the seed and the simulator the same port', () => {
    const own = installation();
    const seeded = migrationEnvironment(own, { kind: 'chosen-earlier' }, SHELL);
    expect(seeded['SIMULATOR_PORT']).toBe('16200');
    expect(appEnvironment('simulator', own, SHELL)['SIMULATOR_PORT']).toBe('16200');
  });

  it('keep host, port, database and options of a given URL', () => {
    expect(
      roleUrl('postgresql://a:b@db.example:6432/fleet?sslmode=require', 'app_rw', 'p@ss/'),
    ).toBe('postgresql://app_rw:p%40ss%2F@db.example:6432/fleet?sslmode=require');
  });
});
