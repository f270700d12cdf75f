import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import { SealError } from './envelope.ts';
import { createTenantKey, parseKek, TenantKeyring } from './tenant-keyring.ts';

const kek = parseKek('ab'.repeat(32));
const place = { table: 'device_endpoint', rowId: 'r1', field: 'secrets' };
let db: TestDatabase;
let tenants: TenantDb;
let mine: string;
let other: string;

beforeAll(async () => {
  db = await TestDatabase.create();
  tenants = await db.tenantDb();
  mine = (await db.aTenant()).id;
  other = (await db.aTenant()).id;
  for (const tenant of [mine, other]) {
    await tenants.run(tenant, (tx) => createTenantKey(tx, kek, tenant));
  }
}, 60_000);
afterAll(() => db.drop());

describe('TenantKeyring', () => {
  it('opens a secret in another process, and for no other tenant', async () => {
    const sealed = await new TenantKeyring(tenants, kek).seal(mine, place, 'private');
    const elsewhere = new TenantKeyring(tenants, kek);
    expect((await elsewhere.open(mine, place, sealed)).toString()).toBe('private');
    await expect(elsewhere.open(other, place, sealed)).rejects.toThrow(SealError);
  });

  it('opens nothing with another key-encryption key', async () => {
    const sealed = await new TenantKeyring(tenants, kek).seal(mine, place, 'private');
    const thief = new TenantKeyring(tenants, parseKek('cd'.repeat(32)));
    await expect(thief.open(mine, place, sealed)).rejects.toThrow(SealError);
  });

  it('never seals the same text twice alike', async () => {
    const keyring = new TenantKeyring(tenants, kek);
    const [first, second] = [
      await keyring.seal(mine, place, 'x'),
      await keyring.seal(mine, place, 'x'),
    ];
    expect(first.equals(second)).toBe(false);
  });

  it('reads the keys of a tenant once for many callers, and again after a failure', async () => {
    let reads = 0;
    let isAway = true;
    const counted = {
      run: async (tenantId: string, work: Parameters<TenantDb['run']>[1]) => {
        reads += 1;
        if (isAway) throw new Error('away');
        return await tenants.run(tenantId, work);
      },
    } as unknown as TenantDb;
    const keyring = new TenantKeyring(counted, kek);
    const many = (): Promise<PromiseSettledResult<Buffer>[]> =>
      Promise.allSettled(Array.from({ length: 20 }, () => keyring.seal(mine, place, 'x')));
    expect((await many()).every((one) => one.status === 'rejected')).toBe(true);
    expect(reads).toBe(1);
    isAway = false;
    expect((await many()).every((one) => one.status === 'fulfilled')).toBe(true);
    expect(reads).toBe(2);
    await keyring.seal(mine, place, 'x');
    expect(reads).toBe(2);
  });

  it('names a tenant without a key', async () => {
    const bare = await db.aTenant();
    await expect(new TenantKeyring(tenants, kek).seal(bare.id, place, 'x')).rejects.toThrow(
      /no data key/,
    );
  });
});
