import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestDatabase } from '@drm/testing';

let db: TestDatabase;
beforeAll(async () => {
  db = await TestDatabase.create();
}, 60_000);
afterAll(() => db.drop());

/** What the device list compares in index conditions: the others only filter rows that an index found. */
const OPERATORS = [
  ['=', 'uuid'],
  ['<', 'uuid'],
  ['>', 'uuid'],
  ['=', 'text'],
  ['<', 'text'],
  ['>', 'text'],
  ['<', 'timestamptz'],
  ['>', 'timestamptz'],
  ['>=', 'timestamptz'],
] as const;

it.each(OPERATORS)(
  '%s of %s is leakproof, so an index serves it under row-level security',
  async (operator, type) => {
    const admin = await db.source('admin', 1);
    const rows = await admin.query<{ leakproof: boolean }[]>(
      `SELECT p.proleakproof AS leakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
     WHERE o.oprname = $1 AND o.oprleft = $2::regtype AND o.oprright = $2::regtype`,
      [operator, type],
    );
    expect(rows).toEqual([{ leakproof: true }]);
  },
);

it('compares columns of no other type in an index of the device tables', async () => {
  const admin = await db.source('admin', 1);
  const rows = await admin.query<{ type: string }[]>(
    `SELECT DISTINCT format_type(a.atttypid, NULL) AS type FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = i.indexrelid
       JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
     WHERE c.relname IN ('device', 'device_endpoint', 'device_tag', 'device_search') AND m.amname = 'btree'
     ORDER BY type`,
  );
  expect(rows.map((row) => row.type)).toEqual(['text', 'timestamp with time zone', 'uuid']);
});
