import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEVICE_SORTS, type DeviceFilter, type DeviceSort } from '@drm/contracts';
import { uuidV7 } from '@drm/domain';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import { deviceFilterSql } from './device-filter.ts';
import { DeviceList } from './device-list.ts';
import { DeviceRepository, type NewDevice } from './device.repository.ts';

let db: TestDatabase;
let door: TenantDb;
let admin: DataSource;
let mine: string;
let other: string;
const devices = new DeviceRepository();
/** Small bounds: every way of finding a page is gone with few devices. */
const LISTS: readonly (readonly [string, DeviceList])[] = [
  ['as in production', new DeviceList()],
  ['walks of 3, gathering 4', new DeviceList({ walk: 3, gather: 4 }, { walk: 9, gather: 20 })],
  ['no second attempt', new DeviceList({ walk: 1, gather: 1 }, { walk: 2, gather: 2 })],
];

/** The same numbers every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(next: () => number, from: readonly T[]): T =>
  from[Math.floor(next() * from.length)] as T;

function aFleet(next: () => number, count: number): NewDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const protocol = pick(next, ['snmp', 'snmp', 'cwmp', 'usp']);
    const address = `10.${Math.floor(next() * 4)}.0.${index}:161`;
    const endpoint = (at: string) => ({
      id: uuidV7(),
      protocol,
      address: at,
      enabled: true,
      settings: {},
      credentials: {},
      secretsSet: [],
      sealed: null,
    });
    return {
      id: uuidV7(1_700_000_000_000 + Math.floor(next() * 50)),
      name: pick(next, ['gw-a', 'GW-B', 'sim 100%', 'sim_1', 'Äther', 'ups\\9', 'gw-a']),
      serialNumber: next() < 0.5 ? `SN${index}` : undefined,
      vendor: pick(next, ['Acme', 'Borealis', undefined]),
      tags: pick(next, [[], ['x'], ['x', 'rare'], ['y'], ['y', 'x']]),
      endpoints: next() < 0.2 ? [endpoint(address), endpoint(`${address}9`)] : [endpoint(address)],
    };
  });
}

async function pages(
  list: DeviceList,
  filter: DeviceFilter,
  sort: DeviceSort,
  limit: number,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { ...filter, sort, limit, ...(cursor !== undefined && { cursor }) };
    const page = await door.run(mine, (tx) => list.page(tx, query), { mode: 'ro' });
    found.push(...page.items.map((device) => device.id));
    expect(page.items.length).toBe(page.nextCursor === null ? page.items.length : limit);
    cursor = page.nextCursor;
  }
  return found;
}

const KEYS = { name: 'd.name_key', createdAt: 'd.id', lastContactAt: 'd.contact_key' };

async function expected(filter: DeviceFilter, sort: DeviceSort): Promise<string[]> {
  const { where, params } = deviceFilterSql(filter, 2);
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
  const key = KEYS[sort.replace('-', '') as keyof typeof KEYS];
  const rows = await admin.query<{ id: string }[]>(
    `SELECT d.id FROM drm.device d WHERE d.tenant_id = $1 AND ${where} ORDER BY ${key} ${direction}, d.id ${direction}`,
    [mine, ...params],
  );
  return rows.map((row) => row.id);
}

beforeAll(async () => {
  db = await TestDatabase.create();
  door = await db.tenantDb('app_rw');
  admin = await db.source('admin');
  mine = (await db.aTenant()).id;
  other = (await db.aTenant()).id;
  await door.run(mine, (tx) => devices.insert(tx, aFleet(random(1), 90)));
  await door.run(other, (tx) => devices.insert(tx, aFleet(random(2), 60)));
  await admin.query(
    `UPDATE drm.device SET last_contact_at = CASE WHEN hashtext(id::text) % 3 = 0 THEN NULL
       ELSE timestamptz '2026-03-01 12:00:00.123456Z' + (abs(hashtext(id::text)) % 9) * interval '1 hour' END,
     reachability = (ARRAY['reachable', 'reachable', 'unreachable', 'unknown'])[1 + abs(hashtext(name || id)) % 4]`,
  );
}, 60_000);
afterAll(() => db.drop());

const FILTERS: readonly DeviceFilter[] = [
  {},
  { q: 'sim' },
  { q: 'SN1' },
  { q: '%' },
  { q: 'm_1' },
  { q: 's\\9' },
  { q: 'gw' },
  { q: 'a' },
  { q: '.0.7:' },
  { q: 'zz' },
  { q: 'no such text' },
  { tag: 'x' },
  { tag: 'rare' },
  { tag: 'absent' },
  { protocol: 'snmp' },
  { protocol: 'usp' },
  { reachability: 'unknown' },
  { lastContactBefore: '2026-03-01T14:00:00.123Z' },
  { lastContactAfter: '2026-03-01T18:00:00+01:00' },
  { lastContactAfter: '2026-03-01T13:00:00Z', lastContactBefore: '2026-03-01T17:00:00Z' },
  { tag: 'x', protocol: 'cwmp' },
  { tag: 'y', reachability: 'reachable', q: 'gw' },
  { protocol: 'snmp', q: 'borealis', lastContactBefore: '2026-03-01T17:00:00Z' },
  {
    tag: 'x',
    protocol: 'snmp',
    reachability: 'reachable',
    lastContactAfter: '2026-03-01T13:00:00Z',
    q: 'acme',
  },
];

describe('the pages of a list', () => {
  it.each(LISTS)(
    'join to the whole sorted list, over every filter and sort: %s',
    async (_name, list) => {
      for (const filter of FILTERS) {
        for (const sort of DEVICE_SORTS) {
          const whole = await expected(filter, sort);
          await expect(pages(list, filter, sort, 19)).resolves.toEqual(whole);
        }
      }
    },
    120_000,
  );

  it('are the same for filters made at random', async () => {
    const next = random(7);
    for (let round = 0; round < 60; round += 1) {
      const maybe = <T>(values: readonly T[]): T | undefined =>
        next() < 0.4 ? pick(next, values) : undefined;
      const asked = {
        q: maybe(['sim', 'gw', 'ac', 'b', 'SN2', '10.1', 'äther']),
        tag: maybe(['x', 'y', 'rare']),
        protocol: maybe(['snmp', 'cwmp']),
        reachability: maybe(['reachable', 'unreachable'] as const),
        lastContactBefore: maybe(['2026-03-01T15:00:00Z']),
        lastContactAfter: maybe(['2026-03-01T13:00:00Z']),
      };
      const filter = Object.fromEntries(
        Object.entries(asked).filter(([, value]) => value !== undefined),
      ) as DeviceFilter;
      const sort = pick(next, DEVICE_SORTS);
      const [, list] = pick(next, LISTS);
      const whole = await expected(filter, sort);
      await expect(pages(list, filter, sort, 1 + Math.floor(next() * 20))).resolves.toEqual(whole);
      const count = await door.run(mine, (tx) => list.count(tx, filter, true));
      expect(count).toEqual({ count: whole.length, exact: true });
    }
  }, 120_000);

  it('neither repeat nor lose a device when others come between', async () => {
    const list = new DeviceList();
    const before = await expected({}, 'name');
    const first = await door.run(mine, (tx) => list.page(tx, { sort: 'name', limit: 40 }));
    const late = aFleet(random(99), 10).map((device) => ({ ...device, serialNumber: undefined }));
    await door.run(mine, (tx) => devices.insert(tx, late));
    const seen = first.items.map((device) => device.id);
    let cursor = first.nextCursor;
    while (cursor !== null) {
      const page = await door.run(mine, (tx) =>
        list.page(tx, { sort: 'name', limit: 40, cursor: cursor ?? '' }),
      );
      seen.push(...page.items.map((device) => device.id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(before.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('refuse a cursor of another sort, or one with a foreign content', async () => {
    const list = new DeviceList();
    const page = await door.run(mine, (tx) => list.page(tx, { sort: 'name', limit: 5 }));
    const forged = (parts: unknown[]): string =>
      Buffer.from(JSON.stringify(parts)).toString('base64url');
    const id = uuidV7();
    for (const [sort, cursor] of [
      ['-name', page.nextCursor ?? ''],
      ['name', forged(['devices', 'name', 'x', 'no-uuid'])],
      ['name', forged(['devices', 'name', null, id])],
      ['name', forged(['devices', 'name', '\0', id])],
      ['lastContactAt', forged(['devices', 'lastContactAt', 'yesterday', id])],
      ['lastContactAt', forged(['devices', 'lastContactAt', '2026-99-99 00:00:00+00', id])],
      ['createdAt', forged(['devices', 'createdAt', 'x', id])],
      ['name', 'garbage'],
    ] as const) {
      const asked = door.run(mine, (tx) => list.page(tx, { sort, limit: 5, cursor }));
      await expect(asked).rejects.toMatchObject({ code: 'request.bad_cursor' });
    }
  });
});

describe('a count', () => {
  it('of all devices comes from the counter', async () => {
    const list = new DeviceList();
    const count = await door.run(mine, (tx) => list.count(tx, {}, false));
    expect(count).toEqual({ count: (await expected({}, 'name')).length, exact: true });
  });
});

describe('the text search', () => {
  it('answers nothing of another tenant, however common the text', async () => {
    const theirs = await door.run(other, (tx) =>
      tx.sql<{ id: string }>("SELECT s AS id FROM search.devices('gw', 1000) s"),
    );
    const ours = await door.run(mine, (tx) =>
      tx.sql<{ id: string }>("SELECT s AS id FROM search.devices('gw', 1000) s"),
    );
    const owners = await admin.query<{ tenant_id: string }[]>(
      'SELECT DISTINCT tenant_id FROM drm.device WHERE id = ANY ($1)',
      [ours.map((row) => row.id)],
    );
    expect(owners).toEqual([{ tenant_id: mine }]);
    expect(theirs.some((row) => ours.some((own) => own.id === row.id))).toBe(false);
  });

  it('raises when no tenant is set', async () => {
    await expect(
      door.asSystem('health', (tx) => tx.sql("SELECT search.devices('gw', 10)")),
    ).rejects.toThrow(/needs a tenant/);
  });

  it('is closed to the public and to the gateway', async () => {
    const gateway = await db.tenantDb('app_gateway', 1);
    await expect(
      gateway.run(mine, (tx) => tx.sql("SELECT search.devices('gw', 10)")),
    ).rejects.toThrow(/permission denied/);
  });

  it('follows changes of a device', async () => {
    const list = new DeviceList({ walk: 1, gather: 5 }, { walk: 2, gather: 9 });
    const device = { id: uuidV7(), name: 'before-change', tags: ['z'], endpoints: [] };
    await door.run(mine, (tx) => devices.insert(tx, [device]));
    await door.run(mine, (tx) =>
      devices.update(tx, device.id, 1, { name: 'after-change', vendor: 'Quorum' }),
    );
    const find = async (filter: DeviceFilter): Promise<string[]> =>
      await pages(list, filter, 'name', 5);
    await expect(find({ q: 'before-ch' })).resolves.toEqual([]);
    await expect(find({ q: 'after-ch' })).resolves.toEqual([device.id]);
    await expect(find({ q: 'quorum' })).resolves.toEqual([device.id]);
    await expect(find({ tag: 'z', q: 'after' })).resolves.toEqual([device.id]);
    const [copy] = await admin.query<unknown[]>(
      'SELECT name_key FROM drm.device_tag WHERE device_id = $1',
      [device.id],
    );
    expect(copy).toEqual({ name_key: 'after-change' });
  });
});
