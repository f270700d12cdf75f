import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateDevice } from '@drm/contracts';
import { uuidV7, type RequestContext } from '@drm/domain';
import type { TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { DataSource } from 'typeorm';
import { DeviceService } from './device.service.ts';
import { endpointSecretPlace } from './endpoint-sealer.ts';
import { aCaller, anInventory } from './inventory-testing.ts';
import { OverviewService } from './overview.service.ts';
import { SavedViewService } from './saved-view.service.ts';

let db: TestDatabase;
let door: TenantDb;
let admin: DataSource;
let service: DeviceService;
let inventory: ReturnType<typeof anInventory>;
let mine: RequestContext;
let other: RequestContext;
const SECRET = 'canary-community-7';

const aRequest = (over: object = {}): CreateDevice =>
  CreateDevice.parse({
    name: 'Gateway',
    tags: ['x', 'x', 'y'],
    endpoints: [
      { protocol: 'demo', address: 'HOST-1', credentials: { version: '2c', community: SECRET } },
    ],
    ...over,
  });
const sealedOf = async (id: string): Promise<Buffer | null> => {
  const [row] = await admin.query<{ sealed: Buffer | null }[]>(
    'SELECT sealed FROM drm.device_endpoint WHERE id = $1',
    [id],
  );
  return row?.sealed ?? null;
};
const secretsOf = async (endpointId: string): Promise<unknown> => {
  const sealed = await sealedOf(endpointId);
  const place = endpointSecretPlace(endpointId);
  const plain = await inventory.keyring.open(mine.tenantId, place, sealed ?? Buffer.alloc(0));
  return JSON.parse(plain.toString()) as unknown;
};
const actions = async (targetId: string): Promise<string[]> => {
  const rows = await admin.query<{ action: string }[]>(
    'SELECT action FROM drm.audit_event WHERE target_id = $1 ORDER BY id',
    [targetId],
  );
  return rows.map((row) => row.action);
};

beforeAll(async () => {
  db = await TestDatabase.create();
  door = await db.tenantDb('app_rw');
  admin = await db.source('admin');
  inventory = anInventory(door);
  const { sealer, catalog, audit } = inventory;
  service = new DeviceService(door, sealer, catalog, audit);
  mine = await aCaller(door, (await db.aTenant()).id);
  other = await aCaller(door, (await db.aTenant()).id);
}, 60_000);
afterAll(() => db.drop());

describe('credentials', () => {
  it('go in, are sealed, and never come out', async () => {
    const device = await service.create(mine, aRequest());
    expect(device.endpoints[0]).toMatchObject({
      address: 'host-1:161',
      credentials: { version: '2c' },
      secretsSet: ['community'],
      settings: { retries: 2 },
    });
    expect(device.tags).toEqual(['x', 'y']);
    const list = await service.list(mine, { sort: 'name', limit: 50 });
    const got = await service.get(mine, device.id);
    expect(JSON.stringify([device, list, got])).not.toContain(SECRET);
    const [dump] = await admin.query<{ text: string }[]>(
      `SELECT (SELECT string_agg(e::text, '') FROM drm.device_endpoint e)
         || (SELECT string_agg(a::text, '') FROM drm.audit_event a) AS text`,
    );
    expect(dump?.text).not.toContain(SECRET);
    expect(dump?.text).not.toContain(Buffer.from(SECRET).toString('hex'));
    await expect(secretsOf(device.endpoints[0]?.id ?? '')).resolves.toEqual({ community: SECRET });
  });

  it('do not open in another row, where somebody has put their sealed octets', async () => {
    const [one, two] = [
      await service.create(mine, aRequest()),
      await service.create(mine, aRequest()),
    ];
    const [from, to] = [one.endpoints[0]?.id ?? '', two.endpoints[0]?.id ?? ''];
    await admin.query('UPDATE drm.device_endpoint SET sealed = $1 WHERE id = $2', [
      await sealedOf(from),
      to,
    ]);
    await expect(secretsOf(to)).rejects.toThrow();
    const change = { credentials: { version: '2c', writeCommunity: 'w' } };
    await expect(service.updateEndpoint(mine, two.id, to, 1, change)).rejects.toThrow();
  });

  it('keep a secret that a change leaves out, and drop what the new form does not have', async () => {
    const device = await service.create(mine, aRequest());
    const id = device.endpoints[0]?.id ?? '';
    const kept = await service.updateEndpoint(mine, device.id, id, 1, {
      credentials: { version: '2c', writeCommunity: 'w' },
    });
    expect(kept.version).toBe(2);
    expect(kept.endpoints[0]?.secretsSet.sort()).toEqual(['community', 'writeCommunity']);
    await expect(secretsOf(id)).resolves.toEqual({ community: SECRET, writeCommunity: 'w' });
    await service.updateEndpoint(mine, device.id, id, 2, {
      credentials: { version: '2c', writeCommunity: null },
    });
    await expect(secretsOf(id)).resolves.toEqual({ community: SECRET });
    await service.updateEndpoint(mine, device.id, id, 3, { address: 'host-2' });
    await expect(secretsOf(id)).resolves.toEqual({ community: SECRET });
    const v3 = await service.updateEndpoint(mine, device.id, id, 4, {
      credentials: { version: '3', user: 'ann', password: 'long enough' },
    });
    expect(v3.endpoints[0]).toMatchObject({
      address: 'host-2:161',
      credentials: { version: '3', user: 'ann' },
      secretsSet: ['password'],
    });
  });

  it.each([
    ['a missing secret', { version: '2c' }, 'endpoints.0.credentials.community'],
    ['an unknown version', { version: '9', community: 'c' }, 'endpoints.0.credentials.version'],
    ['an unknown field', { version: '2c', community: 'c', extra: 1 }, 'endpoints.0.credentials'],
  ])('are refused with the field that is wrong: %s', async (_name, credentials, path) => {
    const request = aRequest({ endpoints: [{ protocol: 'demo', address: 'h', credentials }] });
    await expect(service.create(mine, request)).rejects.toMatchObject({
      code: 'request.invalid',
      errors: [{ path }],
    });
  });

  it('are not looked at where address or protocol is wrong', async () => {
    const at = (over: object) =>
      aRequest({ endpoints: [{ protocol: 'demo', address: 'h', ...over }] });
    await expect(service.create(mine, at({ address: 'not an address' }))).rejects.toMatchObject({
      code: 'request.invalid',
      errors: [{ path: 'endpoints.0.address', code: 'invalid_argument' }],
    });
    await expect(service.create(mine, at({ protocol: 'netconf' }))).rejects.toMatchObject({
      code: 'protocol.unknown',
    });
    await expect(service.create(mine, at({ settings: { retries: 'many' } }))).rejects.toMatchObject(
      {
        errors: [{ path: 'endpoints.0.settings.retries' }],
      },
    );
  });
});

describe('a device', () => {
  it('writes an audit line for every change', async () => {
    const device = await service.create(mine, aRequest());
    await service.update(mine, device.id, 1, { model: 'M1' });
    const more = await service.addEndpoint(mine, device.id, 2, {
      protocol: 'demo',
      address: 'h2',
      enabled: true,
      credentials: { version: '2c', community: 'c' },
    });
    const added = more.endpoints[1]?.id ?? '';
    await service.updateEndpoint(mine, device.id, added, 3, { enabled: false });
    await service.removeEndpoint(mine, device.id, added, null);
    await service.remove(mine, device.id, 5);
    await expect(actions(device.id)).resolves.toEqual([
      'device.create',
      'device.update',
      'endpoint.create',
      'endpoint.update',
      'endpoint.delete',
      'device.delete',
    ]);
    await expect(service.get(mine, device.id)).rejects.toMatchObject({ code: 'device.not_found' });
  });

  it('is not there for another tenant, whatever is tried', async () => {
    const device = await service.create(mine, aRequest());
    const endpointId = device.endpoints[0]?.id ?? '';
    for (const id of [device.id, uuidV7()]) {
      const tries = [
        () => service.get(other, id),
        () => service.update(other, id, 1, { name: 'x' }),
        () => service.remove(other, id, 1),
        () => service.updateEndpoint(other, id, endpointId, 1, { enabled: false }),
        () => service.removeEndpoint(other, id, endpointId, 1),
        () => service.parameterPage(other, id, { limit: 5 }),
        () =>
          service.addEndpoint(other, id, 1, {
            protocol: 'demo',
            address: 'h',
            enabled: true,
            credentials: { version: '2c', community: 'c' },
          }),
      ];
      for (const attempt of tries)
        await expect(attempt()).rejects.toMatchObject({ code: 'device.not_found' });
    }
    const list = await service.list(other, { sort: 'name', limit: 50 });
    expect(list.items).toEqual([]);
    await expect(service.count(other, { exact: false })).resolves.toEqual({
      count: 0,
      exact: true,
    });
    await expect(service.get(mine, device.id)).resolves.toMatchObject({ version: 1 });
  });

  it('leaves nothing behind when its quota, serial number or version is refused', async () => {
    const device = await service.create(mine, aRequest({ serialNumber: 'S-1' }));
    await expect(service.create(mine, aRequest({ serialNumber: 's-1' }))).rejects.toMatchObject({
      code: 'device.duplicate',
    });
    await expect(service.update(mine, device.id, 9, { name: 'x' })).rejects.toMatchObject({
      code: 'device.changed',
    });
    await admin.query('UPDATE drm.tenant_limit SET max_devices = devices WHERE tenant_id = $1', [
      other.tenantId,
    ]);
    await expect(service.create(other, aRequest())).rejects.toMatchObject({
      code: 'quota.exceeded',
    });
    await expect(actions(device.id)).resolves.toEqual(['device.create']);
  });

  it('has at most eight endpoints', async () => {
    const endpoint = (n: number) => ({
      protocol: 'demo',
      address: `h${n}`,
      enabled: true,
      credentials: { version: '2c', community: 'c' },
    });
    const device = await service.create(
      mine,
      aRequest({ endpoints: Array.from({ length: 8 }, (_, n) => endpoint(n)) }),
    );
    await expect(service.addEndpoint(mine, device.id, 1, endpoint(9))).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});

describe('the other use-cases', () => {
  it('describe the protocols with their secret fields marked', () => {
    const [protocol] = service.protocols().items;
    expect(protocol).toMatchObject({
      id: 'demo',
      capabilities: ['get', 'probe'],
      defaultPort: 161,
    });
    expect(JSON.stringify(protocol?.credentialsSchema)).toContain('"writeOnly":true');
  });

  it('save views for people, not for keys', async () => {
    const views = new SavedViewService(door, inventory.audit);
    const view = { list: 'devices' as const, name: 'mine', query: 'tag=x', shared: false };
    const saved = await views.save(mine, view);
    const page = await views.page(mine, { list: 'devices', limit: 10 });
    expect(page.items).toEqual([{ ...view, id: saved.id, mine: true }]);
    await expect(views.remove(other, saved.id)).rejects.toMatchObject({ code: 'view.not_found' });
    await views.remove(mine, saved.id);
    const key = { ...mine, actor: { kind: 'api_key' as const, id: uuidV7(), name: 'key' } };
    await expect(views.save(key, view)).rejects.toMatchObject({ code: 'permission.denied' });
  });

  it('show an overview without jobs to who may not see them', async () => {
    const overview = new OverviewService(door, {
      list: () => Promise.reject(new Error('not to be asked')),
    });
    const viewer = { ...mine, permissions: new Set(['devices:read'] as const) };
    const seen = await overview.get(viewer);
    expect(seen).toMatchObject({ runningJobs: [], recentFailures: [], oldestQueuedSeconds: null });
    expect(seen.devices.total.count).toBeGreaterThan(0);
  });
});
