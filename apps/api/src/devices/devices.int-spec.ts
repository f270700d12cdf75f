import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_ENV } from '@drm/config';
import type {
  Device,
  DevicePage,
  ImportReport,
  Job,
  Overview,
  Page,
  ProtocolInfo,
  SavedView,
  Session,
} from '@drm/contracts';
import { uuidV7 } from '@drm/domain';
import { loadKek } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '../bootstrap.ts';
import { seedAccounts } from '../seed/seed-accounts.ts';

const PASSWORD = 'moss-grown granite 41';
const COMMUNITY = 'canary-community-11';

let db: TestDatabase;
let app: NestFastifyApplication;
let folder: string;
let token: string;
let foreignToken: string;

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function call<Body = Record<string, unknown>>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; as?: string | null } = {},
): Promise<Answer<Body>> {
  const bearer = options.as === undefined ? token : options.as;
  const response = await app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: { ...(bearer !== null && { authorization: `Bearer ${bearer}` }), ...options.headers },
    ...(options.body !== undefined && { payload: options.body as string }),
  });
  const isJson = String(response.headers['content-type']).includes('json');
  return {
    status: response.statusCode,
    body: (isJson ? response.json() : null) as Body,
    text: response.body,
    headers: response.headers,
  };
}

const login = async (email: string): Promise<Session> => {
  const { body, text, status } = await call<Session>('POST', 'auth/login', {
    body: { email, password: PASSWORD },
    as: null,
  });
  if (status !== 200) throw new Error(text);
  return body;
};
const aDevice = (over: object = {}): object => ({
  name: 'Gateway 1',
  tags: ['lab'],
  endpoints: [
    {
      protocol: 'snmp',
      address: '192.0.2.1:161',
      credentials: { version: '2c', community: COMMUNITY },
    },
  ],
  ...over,
});

beforeAll(async () => {
  db = await TestDatabase.create();
  folder = mkdtempSync(join(tmpdir(), 'drm-devices-'));
  const [kek, jwt] = [join(folder, 'kek'), join(folder, 'jwt.pem')];
  writeFileSync(kek, randomBytes(32).toString('hex'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(jwt, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const settings = API_ENV.parse({
    NODE_ENV: 'test',
    DATABASE_URL: db.url('app_rw'),
    DATABASE_PLATFORM_URL: db.url('app_platform'),
    KEK_FILE: kek,
    JWT_PRIVATE_KEY_FILE: jwt,
    LOG_LEVEL: 'silent',
    METRICS_PORT: '0',
    IMPORT_LIMIT_BYTES: '100000',
  });
  const admin = await db.source('admin', 2);
  const statements = {
    sql: (text: string, params: readonly unknown[] = []) => admin.query(text, [...params]),
  };
  const environment = {
    DRM_ADMIN_EMAIL: 'boss@example.com',
    DRM_ADMIN_PASSWORD: PASSWORD,
    DRM_DEMO: false,
  };
  await seedAccounts(statements as never, environment, loadKek(settings) ?? Buffer.alloc(32));
  app = await createApi(settings);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const boss = await login('boss@example.com');
  token = boss.accessToken;
  const made = await call<{ id: string }>('POST', 'tenants', {
    body: { name: 'Other', slug: 'other' },
  });
  const other = await call<Session>('POST', 'auth/switch-tenant', {
    body: { tenantId: made.body.id, reason: 'integration test' },
  });
  if (other.status !== 200) throw new Error(other.text);
  foreignToken = other.body.accessToken;
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
  await db.drop();
});

describe('/devices', () => {
  it('creates, reads, changes and deletes with an ETag, and never shows a secret', async () => {
    const made = await call<Device>('POST', 'devices', { body: aDevice() });
    expect(made.status).toBe(201);
    expect(made.headers['etag']).toBe('"1"');
    expect(made.body.endpoints[0]?.secretsSet).toEqual(['community']);
    const path = `devices/${made.body.id}`;
    const read = await call<Device>('GET', path);
    expect(read.body).toEqual(made.body);
    const changed = await call<Device>('PATCH', path, {
      body: { vendor: 'Acme' },
      headers: { 'if-match': '"1"' },
    });
    expect(changed).toMatchObject({ status: 200, body: { vendor: 'Acme', version: 2 } });
    expect(changed.headers['etag']).toBe('"2"');
    const stale = await call('PATCH', path, {
      body: { vendor: 'B' },
      headers: { 'if-match': '"1"' },
    });
    expect(stale).toMatchObject({ status: 412, body: { code: 'device.changed' } });
    const blind = await call('PATCH', path, { body: { vendor: 'B' } });
    expect(blind).toMatchObject({ status: 428, body: { code: 'request.precondition_required' } });
    expect([made.text, read.text, changed.text].join()).not.toContain(COMMUNITY);
    expect((await call('DELETE', path)).status).toBe(204);
    expect(await call('GET', path)).toMatchObject({
      status: 404,
      body: { code: 'device.not_found' },
    });
  });

  it('manages endpoints', async () => {
    const { body: device } = await call<Device>('POST', 'devices', { body: aDevice() });
    const endpoint = {
      protocol: 'snmp',
      address: '192.0.2.2',
      credentials: { version: '2c', community: 'c' },
    };
    const added = await call<Device>('POST', `devices/${device.id}/endpoints`, { body: endpoint });
    expect(added).toMatchObject({ status: 201, body: { version: 2 } });
    const id = added.body.endpoints[1]?.id ?? '';
    const path = `devices/${device.id}/endpoints/${id}`;
    const changed = await call<Device>('PATCH', path, {
      body: { enabled: false },
      headers: { 'if-match': '"2"' },
    });
    expect(changed.body.endpoints[1]).toMatchObject({ enabled: false, address: '192.0.2.2:161' });
    expect((await call<Device>('DELETE', path)).body.endpoints).toHaveLength(1);
  });

  it('answers for the field that is wrong, without the value', async () => {
    const refused = await call<{ errors: { path: string }[] }>('POST', 'devices', {
      body: aDevice({
        endpoints: [
          {
            protocol: 'snmp',
            address: '192.0.2.1',
            credentials: { version: '2c', community: '', x: COMMUNITY },
          },
        ],
      }),
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(refused.body.errors.map((fault) => fault.path)).toContain(
      'endpoints.0.credentials.community',
    );
    expect(refused.text).not.toContain(COMMUNITY);
    for (const body of [aDevice({ tenantId: uuidV7() }), aDevice({ name: 'a\0b' }), { name: '' }])
      expect(await call('POST', 'devices', { body })).toMatchObject({
        status: 400,
        body: { code: 'request.invalid' },
      });
  });

  it('lists by every filter and sort, counts, and refuses what it does not know', async () => {
    await call('POST', 'devices', {
      body: aDevice({ name: 'Listed', serialNumber: 'L-1', tags: ['listed'] }),
    });
    for (const filter of [
      'q=listed',
      'tag=listed',
      'q=l-1&protocol=snmp&reachability=unknown',
      'tag=listed&lastContactBefore=2026-01-01T00:00:00Z',
    ])
      for (const sort of [
        'name',
        '-name',
        'createdAt',
        '-createdAt',
        'lastContactAt',
        '-lastContactAt',
      ]) {
        const page = await call<DevicePage>('GET', `devices?${filter}&sort=${sort}`);
        expect(page.body.items.map((device) => device.name)).toEqual(['Listed']);
      }
    expect((await call('GET', 'devices/count?tag=listed')).body).toEqual({ count: 1, exact: true });
    expect((await call('GET', 'devices/tags')).body).toMatchObject({
      items: expect.arrayContaining([{ tag: 'listed', devices: 1 }]),
    });
    for (const query of [
      'sort=vendor',
      'limit=0',
      'colour=red',
      'lastContactAfter=2026-01-01',
      'sort=name&sort=-name',
    ])
      expect(await call('GET', `devices?${query}`)).toMatchObject({ status: 400 });
    expect(await call('GET', 'devices?cursor=nonsense')).toMatchObject({
      status: 400,
      body: { code: 'request.bad_cursor' },
    });
  });

  it('takes text for text, whatever it looks like', async () => {
    const evil = ["'; DROP TABLE drm.device; --", '%', '_', '\\', "' OR '1'='1", '$1', '{{7*7}}'];
    for (const q of evil) {
      const page = await call<DevicePage>('GET', `devices?q=${encodeURIComponent(q)}`);
      expect(page).toMatchObject({ status: 200, body: { items: [] } });
    }
  });

  it('shows nothing of another tenant', async () => {
    const { body: device } = await call<Device>('POST', 'devices', { body: aDevice() });
    const as = foreignToken;
    const endpoint = `devices/${device.id}/endpoints/${device.endpoints[0]?.id ?? ''}`;
    const headers = { 'if-match': '"1"' };
    const tries = [
      await call('GET', `devices/${device.id}`, { as }),
      await call('PATCH', `devices/${device.id}`, { as, headers, body: { name: 'x' } }),
      await call('DELETE', `devices/${device.id}`, { as }),
      await call('GET', `devices/${device.id}/parameters`, { as }),
      await call('GET', `devices/${device.id}/executions`, { as }),
      await call('POST', `devices/${device.id}/probe`, { as }),
      await call('PATCH', endpoint, { as, headers, body: { enabled: false } }),
      await call('DELETE', endpoint, { as }),
    ];
    for (const answer of tries)
      expect(answer).toMatchObject({ status: 404, body: { code: 'device.not_found' } });
    expect((await call<DevicePage>('GET', 'devices', { as })).body.items).toEqual([]);
    expect((await call('GET', 'devices/export', { as })).text.trim().split('\r\n')).toHaveLength(1);
  });

  it('needs a caller', async () => {
    for (const path of [
      'devices',
      'devices/count',
      'devices/export',
      'protocols',
      'views?list=devices',
      'overview',
    ])
      expect(await call('GET', path, { as: null })).toMatchObject({ status: 401 });
  });

  it('probes a device as a job', async () => {
    const { body: device } = await call<Device>('POST', 'devices', { body: aDevice() });
    const probe = await call<Job>('POST', `devices/${device.id}/probe`);
    expect(probe).toMatchObject({
      status: 202,
      body: { operation: { kind: 'probe' }, targetCount: 1 },
    });
    const executions = await call('GET', `devices/${device.id}/executions`);
    expect(executions.body).toMatchObject({
      items: [{ jobId: probe.body.id, deviceId: device.id }],
    });
    expect(
      await call('POST', `devices/${device.id}/probe`, {
        headers: { 'idempotency-key': 'not one' },
      }),
    ).toMatchObject({ status: 400 });
  });
});

describe('CSV files', () => {
  const text = `name,serialNumber,protocol,address,credentials\nImported,I-1,snmp,192.0.2.9,"{""version"":""2c"",""community"":""${COMMUNITY}""}"\n,I-2,,,\n`;
  const headers = { 'content-type': 'text/csv' };

  it('are imported, dry and for good, and exported without secrets', async () => {
    const dry = await call<ImportReport>('POST', 'devices/import?dryRun=true', {
      body: text,
      headers,
    });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, created: 1, failed: 1 } });
    const done = await call<ImportReport>('POST', 'devices/import', { body: text, headers });
    expect(done.body).toMatchObject({
      dryRun: false,
      created: 1,
      updated: 0,
      failed: 1,
      errors: [{ line: 3, column: 'name' }],
    });
    const again = await call<ImportReport>('POST', 'devices/import', { body: text, headers });
    expect(again.body).toMatchObject({ created: 0, updated: 1 });
    const file = await call('GET', 'devices/export?q=imported');
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="devices.csv"',
    });
    expect(file.text).toContain('Imported,I-1');
    expect(file.text).not.toContain(COMMUNITY);
  });

  it('are refused as something else, without a header, or too large', async () => {
    expect(await call('POST', 'devices/import', { body: { name: 'x' } })).toMatchObject({
      status: 415,
      body: { code: 'request.unsupported_media' },
    });
    expect(await call('POST', 'devices/import', { body: 'Gateway,1\n', headers })).toMatchObject({
      status: 400,
      body: { code: 'import.invalid_header' },
    });
    expect(
      await call('POST', 'devices/import', { body: `name\n${'x'.repeat(100_001)}`, headers }),
    ).toMatchObject({ status: 413 });
  });
});

describe('the other lists', () => {
  it('describe protocols, keep views, and show an overview', async () => {
    const protocols = await call<Page<ProtocolInfo>>('GET', 'protocols');
    expect(protocols.body.items.map((protocol) => protocol.id)).toContain('snmp');
    expect(protocols.text).toContain('writeOnly');
    const view = { list: 'devices', name: 'lab', query: 'tag=lab', shared: false };
    const saved = await call<{ id: string }>('POST', 'views', { body: view });
    expect(saved.status).toBe(201);
    expect(await call('POST', 'views', { body: view })).toMatchObject({
      status: 409,
      body: { code: 'view.duplicate' },
    });
    const views = await call<Page<SavedView>>('GET', 'views?list=devices');
    expect(views.body.items).toEqual([{ ...view, id: saved.body.id, mine: true }]);
    expect((await call('DELETE', `views/${saved.body.id}`)).status).toBe(204);
    const overview = await call<Overview>('GET', 'overview');
    expect(overview.status).toBe(200);
    expect(overview.body.devices.total.count).toBeGreaterThan(0);
    expect(overview.body.protocols[0]).toMatchObject({ protocol: 'snmp' });
  });
});
