import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '@drm/domain';
import { TestDatabase, type TestTenant } from '@drm/testing';
import type { TenantDb } from '../tenancy/tenant-db.ts';
import {
  createLink,
  createPerson,
  members,
  PersonStore,
  setPlatformAdmin,
} from './person-store.ts';
import { purgeSessions, SessionStore, type NewToken } from './session-store.ts';

let db: TestDatabase;
let tenants: TenantDb;
let sessions: SessionStore;
let people: PersonStore;
let mine: TestTenant;
let other: TestTenant;
let userId: string;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const sql = async (text: string, params: unknown[] = []): Promise<void> => {
  const admin = await db.source('admin', 1);
  await admin.query(text, params);
};

async function addMember(tenant: TestTenant, email: string, roleId = 'viewer'): Promise<string> {
  return await tenants.run(tenant.id, async (tx) => {
    const person = await createPerson(tx, { id: uuidV7(), email, displayName: email });
    await tx.sql('INSERT INTO membership (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [
      tenant.id,
      person.userId,
      roleId,
    ]);
    return person.userId;
  });
}

async function open(token: string, idleSeconds = 100): Promise<string> {
  const family = uuidV7();
  await sessions.open({
    id: uuidV7(),
    family,
    userId,
    tenantId: mine.id,
    hash: hash(token),
    idleSeconds,
    absoluteSeconds: 1000,
    address: null,
    userAgent: null,
    maxSessions: 10,
  });
  return family;
}

const next = (token: string): NewToken => ({
  id: uuidV7(),
  hash: hash(token),
  sealed: Buffer.from(`sealed ${token}`),
  graceSeconds: 10,
  idleSeconds: 100,
  absoluteSeconds: 1000,
  address: '192.0.2.1',
  userAgent: 'test',
});

beforeAll(async () => {
  db = await TestDatabase.create();
  tenants = await db.tenantDb('app_rw', 8);
  sessions = new SessionStore(tenants);
  people = new PersonStore(tenants);
  mine = await db.aTenant();
  other = await db.aTenant();
  userId = await addMember(mine, 'Somebody@Example.com');
  await sql("UPDATE drm.app_user SET status = 'active' WHERE id = $1", [userId]);
}, 60_000);
afterAll(() => db.drop());

describe('SessionStore', () => {
  it('opens no session for who may not sign in', async () => {
    const invited = await addMember(mine, 'invited@example.com');
    const session = { id: uuidV7(), family: uuidV7(), tenantId: mine.id, hash: hash('no') };
    const rest = {
      idleSeconds: 1,
      absoluteSeconds: 1,
      address: null,
      userAgent: null,
      maxSessions: 10,
    };
    await expect(sessions.open({ ...session, ...rest, userId: invited })).resolves.toBe(false);
    await expect(sessions.open({ ...session, ...rest, userId: uuidV7() })).resolves.toBe(false);
  });

  it('rotates, repeats within the grace, and ends all on reuse', async () => {
    const family = await open('r1');
    expect(await sessions.rotate(hash('nobody'), next('x'))).toEqual({ outcome: 'unknown' });
    expect(await sessions.rotate(hash('r1'), next('r2'))).toEqual({
      outcome: 'rotated',
      userId,
      family,
      tenantId: mine.id,
    });
    expect(await sessions.rotate(hash('r1'), next('unused'))).toMatchObject({
      outcome: 'repeated',
      sealed: Buffer.from('sealed r2'),
    });
    expect(await sessions.rotate(hash('r2'), next('r3'))).toMatchObject({ outcome: 'rotated' });
    expect(await sessions.rotate(hash('r1'), next('unused'))).toMatchObject({ outcome: 'reused' });
    expect(await sessions.rotate(hash('r3'), next('unused'))).toMatchObject({ outcome: 'ended' });
  });

  it('keeps no sealed successor longer than the next rotation', async () => {
    const family = await open('s1');
    await sessions.rotate(hash('s1'), next('s2'));
    await sessions.rotate(hash('s2'), next('s3'));
    const admin = await db.source('admin', 1);
    const kept = await admin.query<{ n: number }[]>(
      'SELECT n FROM drm.refresh_token WHERE family = $1 AND successor_sealed IS NOT NULL',
      [family],
    );
    expect(kept).toEqual([{ n: 2 }]);
  });

  it('makes one successor of many rotations at once', async () => {
    await open('p1');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sessions.rotate(hash('p1'), next(`p2-${n}`))),
    );
    expect(results.filter((one) => one.outcome === 'rotated')).toHaveLength(1);
    expect(results.filter((one) => one.outcome === 'repeated')).toHaveLength(19);
    const sealed = results.flatMap((one) =>
      one.outcome === 'repeated' ? [one.sealed.toString()] : [],
    );
    expect(new Set(sealed).size).toBe(1);
  });

  it('says whether a session is live, who and where', async () => {
    const family = await open('live');
    const state = await sessions.state(userId, family, mine.id);
    expect(state).toMatchObject({
      email: 'Somebody@Example.com',
      sessionLive: true,
      memberStatus: 'active',
      roleId: 'viewer',
    });
    expect(await sessions.state(userId, family, other.id)).toMatchObject({
      memberStatus: null,
      roleId: null,
    });
    expect(await sessions.state(userId, uuidV7(), mine.id)).toMatchObject({ sessionLive: false });
    expect(await sessions.state(uuidV7(), family, mine.id)).toBeNull();
    expect(await sessions.end(userId, family)).toBe(true);
    expect(await sessions.end(userId, family)).toBe(false);
    expect(await sessions.state(userId, family, mine.id)).toMatchObject({ sessionLive: false });
  });

  it('ends every session of a person and raises the session version', async () => {
    await open('all-1');
    await open('all-2');
    const before = await people.byId(userId);
    expect(await sessions.endAll(userId)).toBeGreaterThanOrEqual(2);
    expect(await sessions.of(userId)).toEqual([]);
    expect((await people.byId(userId))?.sessionVersion).toBe((before?.sessionVersion ?? 0) + 1);
    expect(await sessions.move(userId, uuidV7(), mine.id)).toBe(false);
  });

  it('is purged by the worker when it ended long ago, a living family never in part', async () => {
    const old = await open('old');
    const living = await open('living');
    await sessions.rotate(hash('living'), next('living-2'));
    await sql(
      "UPDATE drm.refresh_token SET expires_at = now() - interval '2 days' WHERE family = $1",
      [old],
    );
    await sql(
      "UPDATE drm.refresh_token SET expires_at = now() - interval '2 days' WHERE family = $1 AND n = 1",
      [living],
    );
    expect(await purgeSessions(await db.tenantDb('app_worker'))).toBe(1);
    expect(await sessions.rotate(hash('living'), next('x'))).toMatchObject({ outcome: 'repeated' });
    await expect(purgeSessions(tenants)).rejects.toThrow(/permission denied/);
  });
});

describe('people', () => {
  it('are one person whatever the case of the address', async () => {
    expect((await people.byEmail(' SOMEBODY@example.COM '))?.userId).toBe(userId);
    expect(await people.byEmail('nobody@example.com')).toBeNull();
    const again = await tenants.run(mine.id, (tx) =>
      createPerson(tx, { id: uuidV7(), email: 'somebody@EXAMPLE.com', displayName: 'x' }),
    );
    expect(again).toEqual({ userId, status: 'active', isNew: false });
  });

  it('are seen by their tenant only', async () => {
    const list = await tenants.run(other.id, (tx) => members(tx, { limit: 10 }));
    expect(list).toEqual([]);
    const one = await tenants.run(other.id, (tx) => members(tx, { userId, limit: 1 }));
    expect(one).toEqual([]);
    expect((await people.memberships(userId)).map((row) => row.tenantId)).toEqual([mine.id]);
  });

  it.each<[string, (tx: Parameters<typeof members>[0]) => Promise<unknown>]>([
    ['members', (tx) => members(tx, { limit: 1 })],
    ['createPerson', (tx) => createPerson(tx, { id: uuidV7(), email: 'x@y.z', displayName: 'x' })],
    ['createLink', (tx) => createLink(tx, link())],
    ['setPlatformAdmin', (tx) => setPlatformAdmin(tx, userId, true)],
  ])('%s needs a tenant', async (_name, call) => {
    await expect(tenants.asSystem('identity', call)).rejects.toThrow(/No tenant is set/);
  });

  it('get links from the only tenant they belong to', async () => {
    const make = (tenant: TestTenant, byPlatform = false) =>
      tenants.run(tenant.id, (tx) => createLink(tx, { ...link(), byPlatform }));
    expect(await make(mine)).toBeInstanceOf(Date);
    expect(await make(other)).toBeNull();
    await addMember(other, 'somebody@example.com');
    expect(await make(mine)).toBeNull();
    expect(await make(mine, true)).toBeInstanceOf(Date);
    await sql('DELETE FROM drm.membership WHERE tenant_id = $1', [other.id]);
  });

  it('spend a link once, and only the newest', async () => {
    const first = { ...link(), hash: hash('first') };
    const second = { ...link(), hash: hash('second') };
    await tenants.run(mine.id, (tx) => createLink(tx, first));
    await tenants.run(mine.id, (tx) => createLink(tx, second));
    expect(await people.link(first.hash)).toBeNull();
    expect(await people.link(second.hash)).toMatchObject({ userId, purpose: 'reset' });
    expect(await people.consumeLink(second.hash, 'phc', null)).toEqual({
      userId,
      purpose: 'reset',
    });
    expect(await people.consumeLink(second.hash, 'phc', null)).toBeNull();
  });

  it('keep a password that was changed while the hash was made stronger', async () => {
    await people.setPassword(userId, 'new', null);
    await people.upgradePassword(userId, 'phc', 'stronger');
    expect((await people.byId(userId))?.passwordHash).toBe('new');
  });
});

const link = () => ({
  id: uuidV7(),
  hash: hash(uuidV7()),
  userId,
  purpose: 'reset' as const,
  lifeSeconds: 60,
  byPlatform: false,
});
