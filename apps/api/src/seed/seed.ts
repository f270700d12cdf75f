import type { MigrateEnvironment } from '@drm/config';
import { uuidV7, type RequestContext } from '@drm/domain';
import { JobService } from '@drm/jobs';
import { createDataSource, loadKek, TenantDb, TenantKeyring } from '@drm/persistence';
import { seedAccounts } from './seed-accounts.ts';
import { seedSimulatedDevices } from './seed-simulated-devices.ts';

/**
 * Makes what a fresh installation needs: first tenant, first administrator, and with the demo its simulated devices.
 * May run again and again. Connects as the migration login.
 */
export async function seed(
  environment: MigrateEnvironment,
  say: (line: string) => void,
): Promise<void> {
  const source = await createDataSource({
    url: environment.DATABASE_MIGRATION_URL,
    poolSize: 2,
    applicationName: 'drm-seed',
  }).initialize();
  try {
    const kek = loadKek(environment);
    const statements = {
      sql: async <Row extends object>(text: string, params: readonly unknown[]): Promise<Row[]> =>
        await source.query<Row[]>(text, [...params]),
    };
    const accounts = await seedAccounts(statements, environment, kek);
    say(`Tenant: ${accounts.tenantSlug}. Administrator: ${environment.DRM_ADMIN_EMAIL}.`);
    if (accounts.linkToken !== null)
      say(`Sign in once with /accept-invitation#token=${accounts.linkToken}`);
    if (!environment.DRM_DEMO) return;
    const db = new TenantDb(source);
    const made = await seedSimulatedDevices(db, new TenantKeyring(db, kek), accounts.tenantId, {
      host: environment.DRM_BIND,
      port: environment.SIMULATOR_PORT,
      agents: environment.SIMULATOR_AGENTS,
      seed: environment.SIMULATOR_SEED,
    });
    say(`Simulated devices added: ${made}.`);
    if (made > 0) await probeSimulatedDevices(db, accounts.tenantId);
  } finally {
    await source.destroy();
  }
}

/** A first job, so that the demo shows devices that have answered; the worker runs it when it is up. */
async function probeSimulatedDevices(db: TenantDb, tenantId: string): Promise<void> {
  const system: RequestContext = {
    tenantId,
    actor: { kind: 'system', id: null, name: 'Demo' },
    permissions: new Set(['jobs:run']),
    correlationId: uuidV7(),
    address: null,
  };
  const jobs = new JobService(db, { say: () => undefined });
  await jobs.submit(system, {
    name: 'First contact with the simulated devices',
    operation: { kind: 'probe' },
    targets: { filter: { tag: 'simulated' } },
  });
}
