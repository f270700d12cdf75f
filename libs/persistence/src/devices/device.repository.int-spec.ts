import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@drm/domain';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import { DeviceBatchRepository } from './device-batch.repository.ts';
import { DeviceRepository, type NewDevice, type NewEndpoint } from './device.repository.ts';
import { EndpointRepository } from './endpoint.repository.ts';
import { OverviewRepository } from './overview.repository.ts';
import { chunkOfPrefix, ParameterRepository } from './parameter.repository.ts';
import { SavedViewRepository } from './saved-view.repository.ts';
import { TagRepository } from './tag.repository.ts';

let db: TestDatabase;
let door: TenantDb;
let admin: DataSource;
let mine: string;
let other: string;
const devices = new DeviceRepository();
const endpoints = new EndpointRepository();
const batches = new DeviceBatchRepository();

const anEndpoint = (over: Partial<NewEndpoint> = {}): NewEndpoint => ({
  id: uuidV7(),
  protocol: 'snmp',
  address: '192.0.2.1:161',
  enabled: true,
  settings: { retries: 1 },
  credentials: { version: '2c' },
  secretsSet: ['community'],
  sealed: Buffer.from('sealed octets'),
  ...over,
});
const aDevice = (over: Partial<NewDevice> = {}): NewDevice => ({
  id: uuidV7(),
  name: 'Gateway 1',
  serialNumber: `sn-${uuidV7()}`,
  tags: ['a', 'b'],
  endpoints: [anEndpoint()],
  ...over,
});
const stored = async (over: Partial<NewDevice> = {}): Promise<NewDevice> => {
  const device = aDevice(over);
  await door.run(mine, (tx) => devices.insert(tx, [device]));
  return device;
};

beforeAll(async () => {
  db = await TestDatabase.create();
  door = await db.tenantDb('app_rw');
  admin = await db.source('admin');
  mine = (await db.aTenant()).id;
  other = (await db.aTenant()).id;
}, 60_000);
afterAll(() => db.drop());

describe('DeviceRepository', () => {
  it('gives back what was stored, endpoints in the order they were given', async () => {
    const addresses = ['192.0.2.9:161', '192.0.2.8:161', '192.0.2.7:161'];
    const device = await stored({
      vendor: 'Acme',
      endpoints: addresses.map((address) => anEndpoint({ address })),
    });
    const read = await devices.read(door, mine, device.id);
    expect(read).toMatchObject({
      name: 'Gateway 1',
      serialNumber: device.serialNumber,
      vendor: 'Acme',
      model: null,
      tags: ['a', 'b'],
      protocols: ['snmp'],
      address: '192.0.2.9:161',
      reachability: 'unknown',
      lastContactAt: null,
      version: 1,
    });
    expect(read?.endpoints.map((endpoint) => endpoint.address)).toEqual(addresses);
    expect(read?.endpoints[0]).toMatchObject({
      credentials: { version: '2c' },
      secretsSet: ['community'],
      settings: { retries: 1 },
      lastSuccessAt: null,
      lastError: null,
    });
    expect(JSON.stringify(read)).not.toContain('sealed');
  });

  it('shows another tenant nothing, and says the same of an id that never was', async () => {
    const device = await stored();
    await expect(devices.read(door, other, device.id)).resolves.toBeNull();
    for (const id of [device.id, uuidV7()]) {
      const deeds = [
        door.run(other, (tx) => devices.get(tx, id)),
        door.run(other, (tx) => devices.update(tx, id, 1, { name: 'x' })),
        door.run(other, (tx) => devices.remove(tx, id, null)),
        door.run(other, (tx) => devices.endpointsChanged(tx, id, null)),
      ];
      for (const deed of deeds)
        await expect(deed).rejects.toMatchObject({ code: 'device.not_found' });
    }
    await expect(devices.read(door, mine, device.id)).resolves.toMatchObject({ name: device.name });
  });

  it('takes about the same time for a foreign id as for one that never was', async () => {
    const device = await stored();
    const spent = async (id: string): Promise<number> => {
      const began = performance.now();
      for (let round = 0; round < 40; round += 1) await devices.read(door, other, id);
      return performance.now() - began;
    };
    await spent(device.id);
    const [foreign, absent] = [await spent(device.id), await spent(uuidV7())];
    expect(foreign / absent).toBeLessThan(5);
    expect(absent / foreign).toBeLessThan(5);
  });

  it('refuses a serial number twice in a tenant, whatever its case, and allows it in another', async () => {
    const device = await stored({ serialNumber: 'Serial-1' });
    await expect(stored({ serialNumber: 'SERIAL-1' })).rejects.toMatchObject({
      code: 'device.duplicate',
    });
    await door.run(other, (tx) => devices.insert(tx, [{ ...aDevice(), serialNumber: 'serial-1' }]));
    await expect(devices.read(door, mine, device.id)).resolves.not.toBeNull();
  });

  it('refuses the same endpoint twice', async () => {
    await expect(stored({ endpoints: [anEndpoint(), anEndpoint()] })).rejects.toMatchObject({
      code: 'endpoint.duplicate',
    });
  });

  it('changes the version it was told, and no other', async () => {
    const device = await stored();
    await door.run(mine, (tx) =>
      devices.update(tx, device.id, 1, { name: 'Renamed', serialNumber: null, tags: ['b', 'c'] }),
    );
    await expect(devices.read(door, mine, device.id)).resolves.toMatchObject({
      name: 'Renamed',
      serialNumber: null,
      tags: ['b', 'c'],
      version: 2,
    });
    const late = door.run(mine, (tx) => devices.update(tx, device.id, 1, { name: 'Late' }));
    await expect(late).rejects.toMatchObject({ code: 'device.changed' });
    const removal = door.run(mine, (tx) => devices.remove(tx, device.id, 1));
    await expect(removal).rejects.toMatchObject({ code: 'device.changed' });
    const tags = await admin.query<{ tag: string; name_key: string }[]>(
      'SELECT tag, name_key FROM drm.device_tag WHERE device_id = $1 ORDER BY tag',
      [device.id],
    );
    expect(tags).toEqual([
      { tag: 'b', name_key: 'renamed' },
      { tag: 'c', name_key: 'renamed' },
    ]);
  });

  it('removes a device with all that hangs on it, and counts', async () => {
    const places = (): Promise<number> =>
      door.run(mine, async (tx) => (await devices.placesLeft(tx)).free);
    const before = await places();
    const device = await stored();
    await expect(places()).resolves.toBe(before - 1);
    await door.run(mine, (tx) => devices.remove(tx, device.id, 1));
    await expect(places()).resolves.toBe(before);
    const left = await admin.query<unknown[]>(
      `SELECT 1 FROM drm.device_endpoint WHERE device_id = $1 UNION ALL SELECT 1 FROM drm.device_tag WHERE device_id = $1
       UNION ALL SELECT 1 FROM drm.device_search WHERE device_id = $1`,
      [device.id],
    );
    expect(left).toEqual([]);
  });

  it('lets no more devices in than the tenant may have', async () => {
    const tight = (await db.aTenant()).id;
    await admin.query('UPDATE drm.tenant_limit SET max_devices = 2 WHERE tenant_id = $1', [tight]);
    const add = (): Promise<void> =>
      door.run(tight, async (tx) => {
        await devices.reserve(tx, 1);
        await devices.insert(tx, [aDevice()]);
      });
    const tries = await Promise.allSettled([add(), add(), add(), add()]);
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    expect(tries.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { code: 'quota.exceeded' },
    });
  });
});

describe('EndpointRepository', () => {
  it('saves and removes an endpoint and renews what the device row tells of it', async () => {
    const device = await stored({
      endpoints: [anEndpoint(), anEndpoint({ protocol: 'usp', address: '192.0.2.2:1' })],
    });
    const [first] = device.endpoints;
    await door.run(mine, async (tx) => {
      const endpoint = await endpoints.get(tx, device.id, first?.id ?? '');
      await endpoints.save(tx, { ...endpoint, address: '192.0.2.3:161', enabled: false });
      await devices.endpointsChanged(tx, device.id, 1);
    });
    await expect(devices.read(door, mine, device.id)).resolves.toMatchObject({
      address: '192.0.2.3:161',
      protocols: ['snmp', 'usp'],
      version: 2,
    });
    await door.run(mine, async (tx) => {
      await endpoints.remove(tx, device.id, first?.id ?? '');
      await devices.endpointsChanged(tx, device.id, 2);
    });
    await expect(devices.read(door, mine, device.id)).resolves.toMatchObject({
      address: '192.0.2.2:1',
      protocols: ['usp'],
    });
  });

  it('knows no endpoint of another tenant or another device', async () => {
    const device = await stored();
    const id = device.endpoints[0]?.id ?? '';
    const unrelated = await stored();
    for (const [tenant, deviceId] of [
      [other, device.id],
      [mine, unrelated.id],
    ] as const) {
      const reading = door.run(tenant, (tx) => endpoints.get(tx, deviceId, id));
      await expect(reading).rejects.toMatchObject({ code: 'endpoint.not_found' });
      const removing = door.run(tenant, (tx) => endpoints.remove(tx, deviceId, id));
      await expect(removing).rejects.toMatchObject({ code: 'endpoint.not_found' });
    }
    await expect(door.run(other, (tx) => endpoints.ofDevices(tx, [device.id]))).resolves.toEqual(
      [],
    );
  });
});

describe('DeviceBatchRepository', () => {
  it('overwrites the given fields of many devices and leaves equal ones alone', async () => {
    const [one, two] = [
      await stored({ vendor: 'Old', tags: ['a'] }),
      await stored({ vendor: 'Same' }),
    ];
    const overwrite = { model: undefined, description: undefined };
    await door.run(mine, (tx) =>
      batches.overwrite(
        tx,
        [
          { ...overwrite, id: one.id, name: 'Gateway 1', vendor: 'New', tags: ['z'] },
          { ...overwrite, id: two.id, name: 'Gateway 1', vendor: 'Same', tags: ['a', 'b'] },
        ],
        ['vendor', 'tags'],
      ),
    );
    await expect(devices.read(door, mine, one.id)).resolves.toMatchObject({
      vendor: 'New',
      tags: ['z'],
      version: 2,
    });
    await expect(devices.read(door, mine, two.id)).resolves.toMatchObject({ version: 1 });
  });

  it('finds and overwrites nothing of another tenant', async () => {
    const device = await stored({ serialNumber: 'Foreign-7' });
    await door.run(other, async (tx) => {
      await expect(batches.bySerialKeys(tx, ['FOREIGN-7'])).resolves.toEqual([]);
      const change = {
        id: device.id,
        name: 'x',
        vendor: 'x',
        model: 'x',
        description: 'x',
        tags: [],
      };
      await batches.overwrite(tx, [change], ['vendor', 'tags']);
      await batches.endpointsChanged(tx, [device.id]);
    });
    await expect(devices.read(door, mine, device.id)).resolves.toMatchObject({
      name: device.name,
      tags: ['a', 'b'],
      version: 1,
    });
  });
});

describe('ParameterRepository', () => {
  const parameters = new ParameterRepository();
  const put = async (deviceId: string, chunk: string, params: object): Promise<void> => {
    await admin.query(
      'INSERT INTO drm.device_params (tenant_id, device_id, chunk, params) VALUES ($1, $2, $3, $4)',
      [mine, deviceId, chunk, JSON.stringify(params)],
    );
  };
  const value = (text: string): unknown[] => ['known', 'string', text, null, 'snmp', 1_767_225_600];
  const now = 1_767_225_690_000;

  it('pages over chunks by path, with a prefix', async () => {
    const device = await stored();
    await put(device.id, '1.3.6.1.2.1.1', {
      '1.3.6.1.2.1.1.5.0': value('n'),
      '1.3.6.1.2.1.1.1.0': value('d'),
    });
    await put(device.id, '1.3.6.1.2.1.2', { '1.3.6.1.2.1.2.1.0': value('2') });
    await put(device.id, 'WiFi', { 'Device.WiFi.SSID.1.Name': value('w') });
    const paths: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const query = { limit: 3, ...(cursor !== undefined && { cursor }) };
      const page = await door.run(mine, (tx) => parameters.page(tx, device.id, query, now));
      paths.push(...page.items.map((item) => item.path));
      cursor = page.nextCursor;
    }
    expect(paths).toEqual([
      '1.3.6.1.2.1.1.1.0',
      '1.3.6.1.2.1.1.5.0',
      '1.3.6.1.2.1.2.1.0',
      'Device.WiFi.SSID.1.Name',
    ]);
    const page = await door.run(mine, (tx) =>
      parameters.page(tx, device.id, { limit: 10, prefix: '1.3.6.1.2.1.2.' }, now),
    );
    expect(page.items).toEqual([
      {
        path: '1.3.6.1.2.1.2.1.0',
        state: 'known',
        type: 'string',
        value: '2',
        raw: null,
        source: 'snmp',
        collectedAt: '2026-01-01T00:00:00.000Z',
        ageSeconds: 90,
      },
    ]);
  });

  it('tells a device without values from one that is not there', async () => {
    const device = await stored();
    const page = await door.run(mine, (tx) => parameters.page(tx, device.id, { limit: 5 }, now));
    expect(page).toEqual({ items: [], nextCursor: null });
    for (const [tenant, id] of [
      [mine, uuidV7()],
      [other, device.id],
    ] as const) {
      const reading = door.run(tenant, (tx) => parameters.page(tx, id, { limit: 5 }, now));
      await expect(reading).rejects.toMatchObject({ code: 'device.not_found' });
    }
  });

  it.each([
    ['1.3.6.1.2.1.2.', '1.3.6.1.2.1.2'],
    ['1.3.6.1.2.1.2.2.1', '1.3.6.1.2.1.2'],
    ['1.3.6.1.2.1.2', null],
    ['1.3.6', null],
    ['Device.WiFi.SSID', 'WiFi'],
    ['Device.WiFi', null],
    ['', null],
  ])('looks for prefix %j in chunk %j', (prefix, chunk) => {
    expect(chunkOfPrefix(prefix)).toBe(chunk);
  });
});

describe('SavedViewRepository', () => {
  const views = new SavedViewRepository();
  const view = { list: 'devices' as const, query: 'tag=a', shared: false };

  it('shows own and shared views, pages them, and lets only the maker delete', async () => {
    const [ann, bob] = [uuidV7(), uuidV7()];
    const ids = [uuidV7(), uuidV7(), uuidV7()];
    await door.run(mine, async (tx) => {
      await views.insert(tx, ann, ids[0] ?? '', { ...view, name: 'one' });
      await views.insert(tx, ann, ids[1] ?? '', { ...view, name: 'two', shared: true });
      await views.insert(tx, bob, ids[2] ?? '', { ...view, name: 'one' });
    });
    const first = await door.run(mine, (tx) => views.page(tx, bob, { list: 'devices', limit: 1 }));
    const cursor = first.nextCursor ?? '';
    const rest = await door.run(mine, (tx) =>
      views.page(tx, bob, { list: 'devices', limit: 5, cursor }),
    );
    expect([...first.items, ...rest.items].map(({ name, mine: own }) => [name, own])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    const twice = door.run(mine, (tx) => views.insert(tx, ann, uuidV7(), { ...view, name: 'one' }));
    await expect(twice).rejects.toMatchObject({ code: 'view.duplicate' });
    for (const [tenant, user] of [
      [mine, bob],
      [other, ann],
    ] as const) {
      const removing = door.run(tenant, (tx) => views.remove(tx, user, ids[1] ?? ''));
      await expect(removing).rejects.toMatchObject({ code: 'view.not_found' });
    }
    await door.run(mine, (tx) => views.remove(tx, ann, ids[1] ?? ''));
    const foreign = await door.run(other, (tx) =>
      views.page(tx, ann, { list: 'devices', limit: 5 }),
    );
    expect(foreign.items).toEqual([]);
  });
});

describe('TagRepository and OverviewRepository', () => {
  it('count the own devices only', async () => {
    const [here, there] = [(await db.aTenant()).id, (await db.aTenant()).id];
    await door.run(here, (tx) =>
      devices.insert(tx, [
        aDevice({ tags: ['a', 'b'] }),
        aDevice({ tags: ['b'], simulated: true, endpoints: [anEndpoint({ protocol: 'usp' })] }),
      ]),
    );
    await door.run(there, (tx) => devices.insert(tx, [aDevice({ tags: ['secret'] })]));
    const tags = new TagRepository();
    const first = await door.run(here, (tx) => tags.page(tx, { limit: 1 }));
    expect(first.items).toEqual([{ tag: 'a', devices: 1 }]);
    const next = await door.run(here, (tx) =>
      tags.page(tx, { limit: 5, cursor: first.nextCursor ?? '' }),
    );
    expect(next).toEqual({ items: [{ tag: 'b', devices: 2 }], nextCursor: null });
    const overview = new OverviewRepository();
    const exactly = (count: number) => ({ count, exact: true });
    await door.run(here, async (tx) => {
      await expect(overview.devices(tx)).resolves.toEqual({
        total: exactly(2),
        reachable: exactly(0),
        unreachable: exactly(0),
        unknown: exactly(2),
        simulated: exactly(1),
      });
      await expect(overview.protocols(tx)).resolves.toEqual([
        { protocol: 'snmp', devices: exactly(1) },
        { protocol: 'usp', devices: exactly(1) },
      ]);
      await expect(overview.openExecutions(tx)).resolves.toEqual({
        queued: 0,
        waiting: 0,
        dispatched: 0,
        running: 0,
      });
      await expect(overview.oldestQueuedSeconds(tx)).resolves.toBeNull();
      await expect(overview.recentFailures(tx, 10)).resolves.toEqual([]);
    });
  });
});
