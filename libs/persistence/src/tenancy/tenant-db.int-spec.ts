import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@drm/domain';
import { TestDatabase } from '@drm/testing';
import { assertSafeDatabase, UnsafeDatabaseError } from './boot-check.ts';
import { TenantDb } from './tenant-db.ts';
import type { TenantTx } from './tenant-tx.ts';

let db: TestDatabase;
let tenants: TenantDb;
let mine: string;
let other: string;

const addDevice = async (tx: TenantTx, tenantId: string, name: string): Promise<string> => {
  const id = uuidV7();
  await tx.sql(
    'INSERT INTO device (tenant_id, id, name, name_key) VALUES ($1, $2, $3, lower($3))',
    [tenantId, id, name],
  );
  return id;
};
const names = async (tx: TenantTx): Promise<string[]> =>
  (await tx.sql<{ name: string }>('SELECT name FROM device ORDER BY name_key')).map(
    (row) => row.name,
  );

beforeAll(async () => {
  db = await TestDatabase.create();
  tenants = await db.tenantDb('app_rw');
  mine = (await db.aTenant()).id;
  other = (await db.aTenant()).id;
  await tenants.run(mine, (tx) => addDevice(tx, mine, 'mine'));
  await tenants.run(other, (tx) => addDevice(tx, other, 'theirs'));
}, 60_000);
afterAll(() => db.drop());

describe('TenantDb.run', () => {
  it('shows the rows of its tenant and no others', async () => {
    await expect(tenants.run(mine, names)).resolves.toEqual(['mine']);
    await expect(tenants.run(other, names)).resolves.toEqual(['theirs']);
  });

  it('refuses a row for another tenant', async () => {
    await expect(tenants.run(mine, (tx) => addDevice(tx, other, 'smuggled'))).rejects.toThrow(
      /row-level security/,
    );
  });

  it('refuses to move a row to another tenant', async () => {
    await expect(
      tenants.run(mine, (tx) => tx.sql('UPDATE device SET tenant_id = $1', [other])),
    ).rejects.toThrow(/row-level security/);
  });

  it('touches no row of another tenant', async () => {
    await expect(
      tenants.run(mine, (tx) =>
        tx.execute("UPDATE device SET name = 'x' WHERE tenant_id = $1", [other]),
      ),
    ).resolves.toBe(0);
  });

  it('joins a nested call of the same tenant and refuses one of another', async () => {
    await expect(tenants.run(mine, () => tenants.run(mine, names))).resolves.toEqual(['mine']);
    await expect(tenants.run(mine, () => tenants.run(other, names))).rejects.toThrow(
      /another tenant/,
    );
  });

  it('rolls back when the work fails', async () => {
    await expect(
      tenants.run(mine, async (tx) => {
        await addDevice(tx, mine, 'half');
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    await expect(tenants.run(mine, names)).resolves.toEqual(['mine']);
  });

  it('does not pretend to have committed when a failed statement was swallowed', async () => {
    await expect(
      tenants.run(mine, async (tx) => {
        await addDevice(tx, mine, 'lost');
        await tx.sql('SELECT 1/0').catch(() => undefined);
      }),
    ).rejects.toThrow(/rolled back/);
  });

  it('hands out a tx that is dead afterwards', async () => {
    let leaked: TenantTx | undefined;
    await tenants.run(mine, (tx) => {
      leaked = tx;
      return Promise.resolve();
    });
    await expect(leaked?.sql('SELECT 1')).rejects.toThrow(/has ended/);
  });

  it('lets nobody write in mode ro', async () => {
    await expect(
      tenants.run(mine, (tx) => addDevice(tx, mine, 'no'), { mode: 'ro' }),
    ).rejects.toThrow(/read-only/);
  });

  it('refuses a tenant that is no UUID before anything is sent', async () => {
    await expect(tenants.run("x'; DROP TABLE device; --", names)).rejects.toThrow(/UUID/);
  });

  it('keeps 200 interleaved transactions of two tenants apart on two connections, with failures between', async () => {
    const narrow = await db.tenantDb('app_rw', 2);
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const tenant = index % 2 === 0 ? mine : other;
        if (index % 7 === 0) {
          await narrow.run(tenant, (tx) => tx.sql('SELECT 1/0')).catch(() => undefined);
        }
        const rows = await narrow.run(tenant, names);
        return rows.length === 1 && rows[0] === (tenant === mine ? 'mine' : 'theirs');
      }),
    );
    expect(seen).not.toContain(false);
  });

  it('survives backends that are killed under it', async () => {
    const admin = await db.source('admin', 1);
    const victim = tenants.run(mine, (tx) => tx.sql('SELECT pg_sleep(5)'));
    const outcome = expect(victim).rejects.toMatchObject({ code: 'database.unavailable' });
    await admin.query('SELECT pg_sleep(0.2)');
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(5)%'`,
    );
    await outcome;
    await expect(tenants.run(mine, names)).resolves.toEqual(['mine']);
  });
});

describe('TenantDb.read', () => {
  it('reads the rows of its tenant in one trip', async () => {
    await expect(tenants.read(mine, 'SELECT name FROM device', [])).resolves.toEqual([
      { name: 'mine' },
    ]);
  });

  it('refuses to write', async () => {
    await expect(tenants.read(mine, 'DELETE FROM device', [])).rejects.toThrow(/read-only/);
    await expect(tenants.run(mine, names)).resolves.toEqual(['mine']);
  });
});

describe('without a tenant', () => {
  it('there is no row and no write', async () => {
    await expect(tenants.asSystem('health', names)).resolves.toEqual([]);
    await expect(tenants.asSystem('health', (tx) => addDevice(tx, mine, 'x'))).rejects.toThrow(
      /row-level security/,
    );
  });

  it('a platform read sees every tenant, only with a reason, and writes nothing', async () => {
    await expect(tenants.asPlatform('support', names)).resolves.toEqual(['mine', 'theirs']);
    await expect(tenants.asPlatform('support', (tx) => addDevice(tx, mine, 'x'))).rejects.toThrow();
  });
});

describe('assertSafeDatabase', () => {
  it.each(['app_rw', 'app_worker', 'app_gateway'] as const)('accepts %s', async (login) => {
    await expect(assertSafeDatabase(await db.tenantDb(login))).resolves.toBeUndefined();
  });

  it('refuses an administrator', async () => {
    const admin = new TenantDb(await db.source('admin'));
    await expect(assertSafeDatabase(admin)).rejects.toThrow(UnsafeDatabaseError);
  });
});
