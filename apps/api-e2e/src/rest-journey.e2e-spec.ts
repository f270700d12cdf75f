import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device, Execution, Job, Page, Problem, Session } from '@drm/contracts';
import { readProductSettings } from '@drm/testing/product';
import { ApiClient } from './api-client.ts';
import { freeUdpPort, hasSnmpd, Snmpd, USER } from './snmpd.ts';

const SYS_NAME = '1.3.6.1.2.1.1.5.0';
const SYS_LOCATION = '1.3.6.1.2.1.1.6.0';
const onSnmpd = hasSnmpd ? describe : describe.skip;
if (!hasSnmpd) console.warn('Skipped: jobs on a real agent (snmpd and snmpget are not installed).');

let api: ApiClient;
const serial = Date.now().toString(36);

const createDevice = async (
  name: string,
  address: string,
  credentials: object,
): Promise<Device> => {
  const created = await api.post<Device>('/api/v1/devices', {
    name: `${name}-${serial}`,
    endpoints: [
      { protocol: 'snmp', address, credentials, settings: { timeoutMs: 300, retries: 0 } },
    ],
  });
  expect(created.status).toBe(201);
  return created.body;
};
const run = async (
  operation: object,
  deviceIds: readonly string[],
  more: object = {},
): Promise<Job> => {
  const created = await api.post<Job>('/api/v1/jobs', {
    operation,
    targets: { deviceIds },
    ...more,
  });
  expect(created.status).toBe(202);
  return created.body;
};
const ended = async (id: string): Promise<Job> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { body } = await api.get<Job>(`/api/v1/jobs/${id}`);
    if (body.state === 'ended') return body;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The job did not end in 30 s.');
};
const executions = async (id: string): Promise<Execution[]> =>
  (await api.get<Page<Execution>>(`/api/v1/jobs/${id}/executions`)).body.items;

beforeAll(async () => {
  const settings = readProductSettings();
  const anonymous = new ApiClient(settings.baseUrl ?? '');
  const login = await anonymous.post<Session>('/api/v1/auth/login', {
    email: settings.email,
    password: settings.password,
  });
  expect(login.status).toBe(200);
  expect(login.body).toMatchObject({ expiresIn: 600, user: { email: settings.email } });
  expect(login.body.tenants.length).toBeGreaterThan(0);
  api = anonymous.as(login.body.accessToken);
});

onSnmpd('a job on a real agent', () => {
  let agent: Snmpd;
  let v2c: Device;
  let v3: Device;

  beforeAll(async () => {
    agent = await Snmpd.start();
    v2c = await createDevice('snmpd-v2c', agent.address, {
      version: '2c',
      community: 'secret-read',
      writeCommunity: 'secret-write',
    });
    v3 = await createDevice('snmpd-v3', agent.address, {
      version: '3',
      user: USER.name,
      level: 'authPriv',
      authProtocol: 'sha256',
      authPassword: USER.authPassword,
      privProtocol: 'aes128',
      privPassword: USER.privPassword,
    });
  });
  afterAll(() => agent.stop());

  it('reads what snmpget reads, over v2c and v3', async () => {
    const job = await ended(
      (await run({ kind: 'get', paths: [SYS_NAME, SYS_LOCATION] }, [v2c.id, v3.id])).id,
    );
    expect(job.counts).toMatchObject({ succeeded: 2, failed: 0 });
    for (const execution of await executions(job.id)) {
      expect(execution.result?.values?.map(({ path, value }) => [path, value])).toEqual([
        [SYS_NAME, agent.get(SYS_NAME)],
        [SYS_LOCATION, 'Rack 4'],
      ]);
    }
  });

  it('keeps what it read as last-known values with source and age', async () => {
    const { body } = await api.get<Page<Record<string, unknown>>>(
      `/api/v1/devices/${v2c.id}/parameters?prefix=1.3.6.1.2.1.1.`,
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({
        path: SYS_LOCATION,
        value: 'Rack 4',
        source: 'snmp',
        state: 'known',
      }),
    );
  });

  it('walks the system group', async () => {
    const job = await ended((await run({ kind: 'walk', path: '1.3.6.1.2.1.1' }, [v2c.id])).id);
    const [execution] = await executions(job.id);
    expect(execution?.result?.values?.length).toBeGreaterThan(10);
  });

  it('probes the identity and marks the device as reachable', async () => {
    const probe = await api.post<Job>(`/api/v1/devices/${v2c.id}/probe`);
    expect(probe.status).toBe(202);
    await ended(probe.body.id);
    const [execution] = await executions(probe.body.id);
    expect(execution?.result?.identity?.description).toContain('Linux');
    const { body } = await api.get<Device>(`/api/v1/devices/${v2c.id}`);
    expect(body).toMatchObject({ reachability: 'reachable' });
  });

  it('sets a value and reads it back', async () => {
    const values = [{ path: SYS_NAME, value: 'renamed', type: 'string' }];
    const job = await ended((await run({ kind: 'set', values }, [v2c.id])).id);
    expect(job.counts).toMatchObject({ succeeded: 1, failed: 0 });
    expect(agent.get(SYS_NAME)).toBe('renamed');
  });

  it('sends no write over v2c when the tenant forbids it', async () => {
    const setting = '/api/v1/settings/snmp.allow_weak_writes';
    await expect(api.send('PUT', setting, { value: false })).resolves.toMatchObject({
      status: 200,
    });
    try {
      const values = [{ path: SYS_NAME, value: 'forbidden', type: 'string' }];
      const job = await ended((await run({ kind: 'set', values }, [v2c.id])).id);
      const [execution] = await executions(job.id);
      expect(execution?.error).toMatchObject({ code: 'weak_write_refused', class: 'permanent' });
      expect(agent.get(SYS_NAME)).not.toBe('forbidden');
    } finally {
      await api.send('PUT', setting, { value: null });
    }
  });

  it.each([
    ['a wrong community', { version: '2c', community: 'wrong' }, 'snmp.timeout'],
    [
      'an unknown user',
      { version: '3', user: 'nobody', level: 'noAuthNoPriv' },
      'snmp.unknown_user',
    ],
    [
      'a wrong authentication password',
      {
        version: '3',
        user: USER.name,
        level: 'authPriv',
        authProtocol: 'sha256',
        authPassword: 'not-the-password',
        privProtocol: 'aes128',
        privPassword: USER.privPassword,
      },
      'snmp.wrong_auth_key',
    ],
  ])('ends on %s with a code and a hint', async (_name, credentials, code) => {
    const device = await createDevice(`wrong-${code}`, agent.address, credentials);
    const job = await ended(
      (await run({ kind: 'get', paths: [SYS_NAME] }, [device.id], { maxAttempts: 1 })).id,
    );
    expect(job.counts.failed).toBe(1);
    const [execution] = await executions(job.id);
    expect(execution?.error).toMatchObject({ code });
    expect(execution?.error?.hint).toBeTruthy();
  });

  it('never gives a secret back', async () => {
    const answers = await Promise.all([
      api.get(`/api/v1/devices/${v3.id}`),
      api.get('/api/v1/devices?limit=200'),
      api.get('/api/v1/devices/export'),
      api.get('/api/v1/audit?limit=200'),
    ]);
    const secrets = ['secret-read', 'secret-write', USER.authPassword, USER.privPassword];
    for (const { text } of answers)
      for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('an agent that misbehaves', () => {
  it('ends with a code when it answers garbage only, and the worker lives on', async () => {
    const port = await freeUdpPort();
    const socket = createSocket('udp4');
    socket.on('message', (_message, peer) => {
      for (const octets of ['30820fff', '00', 'ffffffffffff', '3003020101']) {
        socket.send(Buffer.from(octets, 'hex'), peer.port, peer.address);
      }
    });
    await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
    try {
      const device = await createDevice('garbage', `127.0.0.1:${port}`, {
        version: '2c',
        community: 'x',
      });
      const job = await ended(
        (await run({ kind: 'get', paths: [SYS_NAME] }, [device.id], { maxAttempts: 1 })).id,
      );
      expect(job.counts.failed).toBe(1);
      const [execution] = await executions(job.id);
      expect(execution?.error?.code).toMatch(/^snmp\.(timeout|decode)$/);
    } finally {
      socket.close();
    }
  });

  it('is tried again with a waiting reason that says until when', async () => {
    const device = await createDevice('silent', `127.0.0.1:${await freeUdpPort()}`, {
      version: '2c',
      community: 'x',
    });
    const job = await run({ kind: 'get', paths: [SYS_NAME] }, [device.id], { maxAttempts: 5 });
    let waiting: Execution | undefined;
    for (let attempt = 0; attempt < 100 && waiting === undefined; attempt += 1) {
      waiting = (await executions(job.id)).find((execution) => execution.status === 'waiting');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(waiting?.waitingReason).toMatch(/^(backoff|device_offline)$/);
    expect(waiting?.waiting?.until).toBeTruthy();
    await expect(api.post(`/api/v1/jobs/${job.id}/cancel`)).resolves.toMatchObject({ status: 200 });
    expect((await ended(job.id)).outcome).toBe('cancelled');
  });
});

describe('bad input', () => {
  it.each<[string, number, string, () => Promise<{ status: number; body: Partial<Problem> }>]>([
    [
      'JSON that is none',
      400,
      'request.malformed',
      () =>
        api.post<Problem>('/api/v1/devices', '{"name":', { 'content-type': 'application/json' }),
    ],
    [
      'an unknown field',
      400,
      'request.invalid',
      () => api.post<Problem>('/api/v1/devices', { name: 'x', tenantId: 'y' }),
    ],
    [
      'a body of two megabytes',
      413,
      'request.too_large',
      () => api.post<Problem>('/api/v1/devices', { name: 'x'.repeat(2_000_000) }),
    ],
    [
      'another media type',
      415,
      'request.unsupported_media',
      () =>
        api.post<Problem>('/api/v1/devices', 'name=x', {
          'content-type': 'application/x-www-form-urlencoded',
        }),
    ],
    [
      'a cursor of nobody',
      400,
      'request.bad_cursor',
      () => api.get<Problem>('/api/v1/devices?cursor=bm9uZQ'),
    ],
    [
      'a parameter given twice',
      400,
      'request.invalid',
      () => api.get<Problem>('/api/v1/devices?tag=a&tag=b'),
    ],
    [
      'an id nobody knows',
      404,
      'device.not_found',
      () => api.get<Problem>('/api/v1/devices/0199a1b0-0000-7000-8000-000000000001'),
    ],
    ['an id that is none', 400, 'request.invalid', () => api.get<Problem>('/api/v1/devices/42')],
    ['a route that is none', 404, 'route.not_found', () => api.get<Problem>('/api/v1/nowhere')],
    [
      'credentials without a community',
      400,
      'request.invalid',
      () =>
        api.post<Problem>('/api/v1/devices', {
          name: 'x',
          endpoints: [
            { protocol: 'snmp', address: '127.0.0.1:161', credentials: { version: '2c' } },
          ],
        }),
    ],
    [
      'a protocol nobody installed',
      400,
      'protocol.unknown',
      () =>
        api.post<Problem>('/api/v1/devices', {
          name: 'x',
          endpoints: [{ protocol: 'gopher', address: 'h:1' }],
        }),
    ],
  ])('%s is refused with a stable code', async (_name, status, code, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      status,
      code,
      type: expect.stringContaining('/problems/'),
    });
  });

  it('refuses everything without a token, and says no more', async () => {
    const anonymous = new ApiClient(readProductSettings().baseUrl ?? '');
    await expect(anonymous.get('/api/v1/devices')).resolves.toMatchObject({
      status: 401,
      body: { code: 'auth.required' },
    });
    await expect(anonymous.as('x.y.z').get('/api/v1/devices')).resolves.toMatchObject({
      status: 401,
    });
  });
});

describe('manners', () => {
  it('takes the same request once, and another one under its key never', async () => {
    const device = await createDevice('idempotent', '127.0.0.1:9', {
      version: '2c',
      community: 'x',
    });
    const key = { 'idempotency-key': `key-${serial}` };
    const body = { operation: { kind: 'probe' }, targets: { deviceIds: [device.id] } };
    const [first, second] = await Promise.all([
      api.post<Job>('/api/v1/jobs', body, key),
      api.post<Job>('/api/v1/jobs', body, key),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body.id).toBe(second.body.id);
    const other = await api.post<Problem>('/api/v1/jobs', { ...body, name: 'other' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    await api.post(`/api/v1/jobs/${first.body.id}/cancel`);
  });

  it('changes a device only for who read its newest version', async () => {
    const device = await createDevice('versioned', '127.0.0.1:9', {
      version: '2c',
      community: 'x',
    });
    const path = `/api/v1/devices/${device.id}`;
    const read = await api.get<Device>(path);
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toBe(`"${read.body.version}"`);
    await expect(api.send('PATCH', path, { vendor: 'A' })).resolves.toMatchObject({ status: 428 });
    await expect(
      api.send('PATCH', path, { vendor: 'A' }, { 'if-match': etag }),
    ).resolves.toMatchObject({ status: 200 });
    await expect(
      api.send('PATCH', path, { vendor: 'B' }, { 'if-match': etag }),
    ).resolves.toMatchObject({
      status: 412,
      body: { code: 'device.changed' },
    });
  });

  it('echoes a correlation id that is well formed and makes one otherwise', async () => {
    const given = await api.get('/api/v1/me', { 'x-correlation-id': 'from-the-caller' });
    expect(given.headers.get('x-correlation-id')).toBe('from-the-caller');
    const made = await api.get('/api/v1/me', { 'x-correlation-id': 'bad one' });
    expect(made.headers.get('x-correlation-id')).toMatch(/^[\w-]{8,64}$/);
  });

  it('documents every route without asking the internet', async () => {
    const document = await api.get<{ paths: Record<string, unknown> }>('/openapi.json');
    expect(Object.keys(document.body.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/auth/login',
        '/api/v1/devices',
        '/api/v1/jobs',
        '/api/v1/jobs/{id}/executions',
      ]),
    );
    const lines = Object.values(document.body.paths)
      .flatMap((item) =>
        Object.values(item as Record<string, { summary?: string; operationId: string }>),
      )
      .filter(({ summary }) => summary === undefined)
      .map(({ operationId }) => operationId);
    expect(lines).toEqual([]);
    for (const page of ['/docs', '/redoc']) {
      const { status, text } = await api.get(page);
      expect(status).toBe(200);
      expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    }
  });

  it('streams the progress of a job to its end', async () => {
    const page = await api.get<Page<Device>>('/api/v1/devices?tag=simulated&limit=5');
    const ids = page.body.items.map((device) => device.id);
    const job = await run({ kind: 'get', paths: [SYS_NAME] }, ids);
    const stream = await api.get(`/api/v1/jobs/events/${job.id}`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.text).toMatch(/event: job\.progress[\s\S]*event: job\.ended/);
  });
});
