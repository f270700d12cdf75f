import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Public, Requires, RouteInventory, SignedInCaller } from '@drm/auth';
import type { Caller } from '@drm/auth';
import type { AuditEvent, Page, Role, Session, Tenant, User } from '@drm/contracts';
import { AccountsApi } from './testing/accounts-api.ts';

@Controller('canary')
class UndeclaredController {
  @Get('open')
  @Public()
  open(): string {
    return 'declared';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'nobody said who may call this';
  }
}

@Controller('probe')
class ProbeController {
  @Get('alive')
  @Requires('jobs:read')
  async alive(@SignedInCaller() caller: Caller): Promise<object> {
    return { alive: await caller.isAlive(), expiresAt: caller.expiresAt };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'drm-keys-'));
const keyFile = join(folder, 'jwt.pem');
let api: AccountsApi;
let boss: Session & { refresh: string };
beforeAll(async () => {
  api = await AccountsApi.create({ JWT_PRIVATE_KEY_FILE: keyFile }, [ProbeController]);
  boss = await api.login();
}, 60_000);
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const me = (token: string) => api.call('GET', 'me', { token });

describe('the route inventory (AC-1)', () => {
  it('refuses to start with a route that declares nothing', async () => {
    await expect(AccountsApi.create({}, [UndeclaredController])).rejects.toThrow(
      'Routes without @Requires() or @Public(): UndeclaredController.forgotten',
    );
  }, 30_000);

  it('knows every route, and these public ones only', () => {
    const routes = api.app.get(RouteInventory).routes();
    expect(routes.length).toBeGreaterThan(25);
    expect(
      routes.filter((route) => route.access.kind === 'public').map((route) => route.name),
    ).toEqual([
      'AuthController.login',
      'AuthController.refresh',
      'AuthController.logout',
      'AuthController.acceptInvitation',
    ]);
  });

  it('answers 401 on every other route without a credential', async () => {
    for (const [method, path] of [
      ['GET', 'me'],
      ['GET', 'users'],
      ['POST', 'tenants'],
      ['PUT', 'settings/jobs.max_attempts'],
      ['DELETE', 'api-keys/0198f000-0000-7000-8000-000000000000'],
    ] as const) {
      expect(await api.call(method, path)).toMatchObject({
        status: 401,
        body: { code: 'auth.required' },
      });
    }
  });
});

describe('access tokens (SE-1, SE-2)', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (header: object, claims: object, pem: string): string => {
    const text = `${part(header)}.${part(claims)}`;
    const signature = createSign('sha256')
      .update(text)
      .sign({ key: pem, dsaEncoding: 'ieee-p1363' })
      .toString('base64url');
    return `${text}.${signature}`;
  };
  const parts = (): { header: Record<string, unknown>; claims: Record<string, unknown> } => {
    const [header = '', claims = ''] = boss.accessToken.split('.');
    const read = (text: string) =>
      JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    return { header: read(header), claims: read(claims) };
  };
  const own = (): string => readFileSync(keyFile, 'utf8');

  it('carries what it says and no more', () => {
    const { header, claims } = parts();
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
    expect(Object.keys(claims).sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'sid', 'sub', 'sv', 'tid', 'typ'].sort(),
    );
  });

  it('accepts a token made by hand with the right key, so that the refusals below mean something', async () => {
    const { header, claims } = parts();
    expect((await me(signed(header, claims, own()))).status).toBe(200);
  });

  it.each<[string, () => string]>([
    [
      'no signature',
      () => {
        const { claims } = parts();
        return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
      },
    ],
    [
      'HS256 keyed with the public key',
      () => {
        const { header, claims } = parts();
        const text = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`;
        const secret = createPublicKey(own()).export({ type: 'spki', format: 'pem' });
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      },
    ],
    [
      'another key under our key id',
      () => {
        const { header, claims } = parts();
        return signed(header, claims, foreignKey());
      },
    ],
    [
      'a foreign key id',
      () => {
        const { header, claims } = parts();
        return signed({ ...header, kid: '../../dev/null' }, claims, own());
      },
    ],
    [
      'a key inside the token',
      () => {
        const { header, claims } = parts();
        const pem = foreignKey();
        const jwk = createPublicKey(pem).export({ format: 'jwk' });
        return signed({ ...header, kid: 'mine', jwk, jku: 'https://evil.example' }, claims, pem);
      },
    ],
    ['another audience', () => tampered({ aud: 'other' })],
    ['another issuer', () => tampered({ iss: 'other' })],
    ['another type', () => tampered({ typ: 'refresh' })],
    ['no type', () => tampered({ typ: undefined })],
    ['no expiry', () => tampered({ exp: undefined })],
    ['an expiry in the past', () => tampered({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['an older session version', () => tampered({ sv: 0 })],
    ['another tenant that does not exist', () => tampered({ tid: boss.user.id })],
    ['a refresh token', () => boss.refresh],
    ['garbage', () => 'a.b.c'],
  ])('refuses %s', async (_name, make) => {
    expect(await me(make())).toMatchObject({ status: 401, body: { code: 'auth.required' } });
  });

  const foreignKey = (): string =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
  const tampered = (change: Record<string, unknown>): string => {
    const { header, claims } = parts();
    return signed(header, { ...claims, ...change }, own());
  };
});

describe('changes act at once here, and within 5 s elsewhere (SE-6)', () => {
  it('takes away what the new role does not allow, and audits the refusal', async () => {
    const person = await api.addUser(boss.accessToken, 'demoted@example.com', 'operator');
    const keys = () => api.call('GET', 'api-keys', { token: person.accessToken });
    expect((await keys()).status).toBe(200);
    const user = await api.call<User>('GET', `users/${person.user.id}`, {
      token: boss.accessToken,
    });
    const changed = await api.call('PATCH', `users/${person.user.id}`, {
      token: boss.accessToken,
      headers: { 'if-match': `"${user.body.version}"` },
      body: { roleId: 'viewer' },
    });
    expect(changed.status).toBe(200);
    expect(await keys()).toMatchObject({ status: 403, body: { code: 'permission.denied' } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const lines = await api.call<Page<AuditEvent>>('GET', 'audit?action=access.refuse', {
      token: boss.accessToken,
    });
    expect(lines.body.items[0]).toMatchObject({
      actorId: person.user.id,
      outcome: 'refused',
      targetId: 'GET /api/v1/api-keys',
      data: { missing: ['api-keys:write'] },
    });
  });

  it('follows a change of a custom role', async () => {
    const role = await api.call<Role>('POST', 'roles', {
      token: boss.accessToken,
      body: { name: 'Auditor', permissions: ['audit:read'] },
    });
    const person = await api.addUser(boss.accessToken, 'auditor@example.com', role.body.id);
    const audit = () => api.call('GET', 'audit', { token: person.accessToken });
    expect((await audit()).status).toBe(200);
    await api.call('PATCH', `roles/${role.body.id}`, {
      token: boss.accessToken,
      headers: { 'if-match': '"1"' },
      body: { name: 'Auditor', permissions: ['devices:read'] },
    });
    expect((await audit()).status).toBe(403);
  });

  it('shuts a suspended tenant: sign-in, token, key, refresh; and opens it again', async () => {
    const { tenant, admin } = await api.addTenant(boss.accessToken, 'shut');
    const key = await api.addKey(admin.accessToken, ['audit:read']);
    expect((await api.call('GET', 'audit', { token: key.key })).status).toBe(200);
    const set = (version: number, status: string) =>
      api.call<Tenant>('PATCH', `tenants/${tenant.id}`, {
        token: boss.accessToken,
        headers: { 'if-match': `"${version}"` },
        body: { status },
      });
    expect((await set(1, 'suspended')).body).toMatchObject({ status: 'suspended', version: 2 });
    const refused = { status: 403, body: { code: 'tenant.suspended' } };
    expect(await me(admin.accessToken)).toMatchObject(refused);
    expect(await api.call('GET', 'audit', { token: key.key })).toMatchObject(refused);
    const login = (): Promise<unknown> =>
      api.login('admin@shut.example.com', 'seventeen quiet herons');
    await expect(login()).rejects.toThrow('tenant.suspended');
    expect(await api.call('POST', 'auth/refresh', { refresh: admin.refresh })).toMatchObject(
      refused,
    );
    expect((await set(2, 'active')).status).toBe(200);
    await login();
    expect((await api.call('GET', 'audit', { token: key.key })).status).toBe(200);
  });

  it('tells a stream whether its caller is still alive', async () => {
    const key = await api.addKey(boss.accessToken, ['jobs:read']);
    const answer = await api.call('GET', 'probe/alive', { token: key.key });
    expect(answer.body).toEqual({ alive: true, expiresAt: Date.parse(key.expiresAt) });
  });
});
