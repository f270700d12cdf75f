import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { SavedViewEntity } from './devices/saved-view.entity.ts';
import { ENTITIES } from './entities.ts';
import type { TenantDb } from './tenancy/tenant-db.ts';

let db: TestDatabase;
let admin: DataSource;
let tenants: TenantDb;

beforeAll(async () => {
  db = await TestDatabase.create();
  admin = await db.source('admin');
  tenants = await db.tenantDb();
}, 60_000);
afterAll(() => db.drop());

describe('entities', () => {
  it.each(ENTITIES)('%p has the columns, types and key of its table', async (entity) => {
    const { columns, tableName } = admin.getMetadata(entity);
    const found = await admin.query<
      { name: string; type: string; nullable: boolean; key: boolean }[]
    >(
      `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
         a.attnum = ANY (i.indkey) AS key
       FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
       WHERE a.attrelid = to_regclass('drm.' || $1) AND a.attnum > 0 AND NOT a.attisdropped`,
      [tableName],
    );
    const types: Readonly<Record<string, string>> = { timestamptz: 'timestamp with time zone' };
    const declared = columns.map((column) => ({
      name: column.databaseName,
      type: types[String(column.type)] ?? String(column.type),
      nullable: column.isNullable,
      key: column.isPrimary,
    }));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(declared.sort(byName)).toEqual(found.sort(byName));
  });

  it('belong to the transaction: saved rows go when it is rolled back, and no other tenant sees them', async () => {
    const [mine, other] = [await db.aTenant(), await db.aTenant()];
    const view = (id: string) => ({
      tenantId: mine.id,
      id,
      userId: mine.id,
      list: 'devices',
      name: id,
      query: '',
      shared: true,
    });
    const [kept, lost] = [crypto.randomUUID(), crypto.randomUUID()];
    await tenants.run(mine.id, (tx) => tx.orm.save(SavedViewEntity, view(kept)));
    const failed = tenants.run(mine.id, async (tx) => {
      await tx.orm.save(SavedViewEntity, view(lost));
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    const seen = async (tenantId: string): Promise<string[]> =>
      (await tenants.run(tenantId, (tx) => tx.orm.find(SavedViewEntity))).map(({ id }) => id);
    await expect(seen(mine.id)).resolves.toEqual([kept]);
    await expect(seen(other.id)).resolves.toEqual([]);
  });
});
