import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { ENGINE_FUNCTIONS } from '../migrations/1763600400000-create-engine.ts';
import { EXTENDED_ENGINE_FUNCTIONS } from '../migrations/1763600500000-extend-engine.ts';

const FUNCTIONS = { ...ENGINE_FUNCTIONS, ...EXTENDED_ENGINE_FUNCTIONS };

let database: TestDatabase;
let admin: DataSource;

beforeAll(async () => {
  database = await TestDatabase.create();
  admin = await database.source('admin', 1);
}, 60_000);
afterAll(() => database.drop());

describe('schema engine', () => {
  it('holds the functions of the list and no others, owned by app_engine', async () => {
    const found = await admin.query<{ name: string; owner: string; definer: boolean }[]>(
      `SELECT p.oid::regprocedure::text AS name, r.rolname AS owner, p.prosecdef AS definer
       FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.pronamespace = 'engine'::regnamespace`,
    );
    const plain = (name: string): string => name.replaceAll(' ', '').replace('engine.', '');
    expect(found.map((row) => plain(row.name)).sort()).toEqual(
      Object.keys(FUNCTIONS).map(plain).sort(),
    );
    expect(found.every((row) => row.owner === 'app_engine' && row.definer)).toBe(true);
  });

  it.each(Object.entries(FUNCTIONS))('lets only its callers run %s', async (name, callers) => {
    const rows = await admin.query<{ role: string }[]>(
      `SELECT rolname AS role FROM pg_roles WHERE rolname = ANY ($2)
         AND has_function_privilege(rolname, $1::regprocedure, 'EXECUTE') ORDER BY 1`,
      [name, ['app_rw', 'app_worker', 'app_gateway', 'app_platform']],
    );
    expect(rows.map((row) => row.role)).toEqual([...(callers ?? [])].sort());
  });
});
