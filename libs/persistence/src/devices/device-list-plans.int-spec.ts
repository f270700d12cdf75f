import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEVICE_SORTS, type DeviceFilter, type DeviceQuery } from '@drm/contracts';
import { TestDatabase } from '@drm/testing';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { DeviceList } from './device-list.ts';
import { DeviceRepository } from './device.repository.ts';
import { TagRepository } from './tag.repository.ts';

/** Enough rows that the planner has a choice. */
const DEVICES = 100_000;

let db: TestDatabase;
let door: TenantDb;
let tenant: string;
let deviceId: string;

/** A transaction that explains each statement before it runs it. */
function explaining(tx: TenantTx, plans: string[]): TenantTx {
  const explain = async (text: string, params: readonly unknown[] = []): Promise<void> => {
    if (text.includes('set_config')) return;
    const rows = await tx.sql<Record<string, string>>(`EXPLAIN ${text}`, params);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  };
  return new Proxy(tx, {
    get(target, name) {
      if (name !== 'sql') return Reflect.get(target, name) as unknown;
      return async (text: string, params?: readonly unknown[]) => {
        await explain(text, params);
        return await target.sql(text, params);
      };
    },
  });
}

beforeAll(async () => {
  db = await TestDatabase.create();
  door = await db.tenantDb('app_rw');
  tenant = (await db.aTenant()).id;
  const small = (await db.aTenant()).id;
  const admin = await db.source('admin', 1);
  for (const [id, count] of [
    [tenant, DEVICES],
    [small, 2000],
  ] as const) {
    await admin.query(
      `INSERT INTO drm.device (tenant_id, id, name, name_key, vendor, reachability, last_contact_at, tags, protocols)
       SELECT $1::uuid, md5($1::uuid::text || n)::uuid, 'dev-' || n, 'dev-' || n, (ARRAY['acme', 'borealis'])[1 + n % 2],
         (ARRAY['reachable', 'reachable', 'reachable', 'unreachable'])[1 + n % 4],
         CASE WHEN n % 9 > 0 THEN now() - n % 5000 * interval '17 minutes' END,
         ARRAY['t' || n % 10, 's' || n % 3000], ARRAY[(ARRAY['snmp', 'cwmp'])[1 + n % 7 / 6]]
       FROM generate_series(1, $2::int) n`,
      [id, count],
    );
  }
  await admin.query(
    `INSERT INTO drm.device_tag (tenant_id, device_id, tag, name_key)
     SELECT tenant_id, id, unnest(tags), name_key FROM drm.device`,
  );
  await admin.query(
    `INSERT INTO drm.device_endpoint (tenant_id, id, device_id, protocol, address, name_key)
     SELECT tenant_id, id, id, protocols[1], '10.0.0.1:161', name_key FROM drm.device`,
  );
  await admin.query('VACUUM ANALYZE');
  const [some] = await admin.query<{ id: string }[]>(
    "SELECT id FROM drm.device WHERE tenant_id = $1 AND name = 'dev-777'",
    [tenant],
  );
  deviceId = some?.id ?? '';
}, 180_000);
afterAll(() => db.drop());

const FILTERS: readonly DeviceFilter[] = [
  {},
  { q: 'borealis' },
  { q: 'dev-77777' },
  { q: 'zebra' },
  { q: 'zq' },
  { tag: 't3' },
  { tag: 's77' },
  { tag: 'absent' },
  { protocol: 'snmp' },
  { protocol: 'cwmp' },
  { reachability: 'unreachable' },
  { reachability: 'unknown' },
  { lastContactBefore: new Date(Date.now() - 58 * 86_400_000).toISOString() },
  { lastContactAfter: new Date(Date.now() - 3_600_000).toISOString() },
  { tag: 't3', protocol: 'cwmp', reachability: 'unreachable' },
  { tag: 's77', q: 'acme' },
  { protocol: 'cwmp', lastContactBefore: new Date(Date.now() - 86_400_000).toISOString() },
];

const SCAN = /Seq Scan/;

describe('the plans of app_rw', () => {
  it('see the tenant only, with sequential scans allowed', async () => {
    const [settings] = await door.run(tenant, (tx) =>
      tx.sql<{ role: string; seqscan: string; n: number }>(
        `SELECT current_user::text AS role, current_setting('enable_seqscan') AS seqscan,
           (SELECT count(*)::int FROM drm.device) AS n`,
      ),
    );
    expect(settings).toEqual({ role: 'app_rw', seqscan: 'on', n: DEVICES });
  });

  it.each(FILTERS)(
    'list and count by %j without reading the table through',
    async (filter) => {
      const list = new DeviceList();
      for (const sort of DEVICE_SORTS) {
        const plans: string[] = [];
        const query: DeviceQuery = { ...filter, sort, limit: 50 };
        await door.run(tenant, async (tx) => {
          const page = await list.page(explaining(tx, plans), query);
          if (page.nextCursor !== null)
            await list.page(explaining(tx, plans), { ...query, cursor: page.nextCursor });
        });
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) expect(plan).not.toMatch(SCAN);
      }
      const plans: string[] = [];
      await door.run(tenant, (tx) => list.count(explaining(tx, plans), filter, false));
      for (const plan of plans.filter((text) => !text.includes('tenant_limit')))
        expect(plan).not.toMatch(SCAN);
    },
    60_000,
  );

  it('read one device and the tags by index', async () => {
    const plans: string[] = [];
    await door.run(tenant, async (tx) => {
      const seen = explaining(tx, plans);
      await new DeviceRepository().get(seen, deviceId);
      await new TagRepository().page(seen, { limit: 50 });
    });
    for (const plan of plans) expect(plan).not.toMatch(SCAN);
  });

  it('use the trigram index inside the search', async () => {
    const admin = await db.source('admin', 1);
    await admin.query('SET enable_seqscan = off');
    const rows = await admin.query<Record<string, string>[]>(
      `EXPLAIN SELECT device_id FROM drm.device_search
         WHERE tenant_id = '${tenant}' AND folded LIKE '%dev77%' LIMIT 100`,
    );
    expect(JSON.stringify(rows)).toContain('device_search_trigram_idx');
  });
});
