import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import { MIGRATIONS } from '../migrations/index.ts';
import { Migrator } from './migrator.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await TestDatabase.create();
}, 60_000);
afterAll(() => db.drop());

describe('Migrator', () => {
  it('goes all the way down and up again on a filled database, and up twice changes nothing', async () => {
    await db.aTenant();
    const migrator = new Migrator(db.url('admin'));
    for (const migration of [...MIGRATIONS].reverse()) {
      await expect(migrator.down()).resolves.toBe(migration.name);
    }
    await expect(migrator.down()).resolves.toBeNull();
    await expect(migrator.status()).resolves.toEqual(
      MIGRATIONS.map((migration) => ({ name: migration.name, applied: false })),
    );
    await expect(migrator.up()).resolves.toEqual(MIGRATIONS.map((migration) => migration.name));
    await expect(migrator.up()).resolves.toEqual([]);
  }, 60_000);

  it('lets two at once take turns', async () => {
    const both = await Promise.all([
      new Migrator(db.url('admin')).up(),
      new Migrator(db.url('admin')).up(),
    ]);
    expect(both).toEqual([[], []]);
  }, 60_000);
});
