import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditQuery, type AuditEvent } from '@drm/contracts';
import { uuidV7, type RequestContext } from '@drm/domain';
import type { TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import { auditFilter } from './audit-filter.ts';
import { AuditLog } from './audit-log.ts';

let db: TestDatabase;
let tenants: TenantDb;
let log: AuditLog;
let mine: RequestContext;
let theirs: RequestContext;

const context = (tenantId: string): RequestContext => ({
  tenantId,
  actor: { kind: 'user', id: uuidV7(), name: 'somebody@example.com' },
  permissions: new Set(),
  correlationId: 'correlation-1',
  address: '192.0.2.1',
});

beforeAll(async () => {
  db = await TestDatabase.create();
  tenants = await db.tenantDb('app_rw');
  log = new AuditLog(tenants);
  mine = context((await db.aTenant()).id);
  theirs = context((await db.aTenant()).id);
}, 60_000);
afterAll(() => db.drop());

const record = (ctx: RequestContext, action: string, targetId = 'x'): Promise<void> =>
  tenants.run(ctx.tenantId, (tx) => log.record(tx, ctx, { action, targetKind: 'thing', targetId }));
const list = async (ctx: RequestContext, query: object = {}): Promise<AuditEvent[]> =>
  (await log.list(ctx, AuditQuery.parse(query))).items;

describe('AuditLog', () => {
  it('keeps who, what, from where and why', async () => {
    await tenants.run(mine.tenantId, (tx) =>
      log.record(tx, mine, {
        action: 'thing.break',
        targetKind: 'thing',
        targetId: '7',
        targetName: 'seven',
        outcome: 'failure',
        reason: 'because',
        data: { note: '{{7*7}} "quoted" \\ \u0001', n: 1, deep: { list: [null] } },
      }),
    );
    const [line] = await list(mine);
    expect(line).toMatchObject({
      actorKind: 'user',
      actorId: mine.actor.id,
      actorName: 'somebody@example.com',
      action: 'thing.break',
      targetName: 'seven',
      outcome: 'failure',
      reason: 'because',
      address: '192.0.2.1',
      correlationId: 'correlation-1',
      data: { note: '{{7*7}} "quoted" \\ \u0001', n: 1, deep: { list: [null] } },
    });
    expect(Math.abs(Date.parse(line?.at ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('writes nothing when the deed is rolled back', async () => {
    await expect(
      tenants.run(mine.tenantId, async (tx) => {
        await log.record(tx, mine, { action: 'thing.undone' });
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(await list(mine, { action: 'thing.undone' })).toEqual([]);
  });

  it('needs a tenant', async () => {
    await expect(
      tenants.asSystem('identity', (tx) => log.record(tx, mine, { action: 'thing.do' })),
    ).rejects.toThrow('needs a tenant');
  });

  it('shows a tenant its own lines only', async () => {
    await record(theirs, 'thing.secret');
    expect((await list(theirs)).map((line) => line.action)).toEqual(['thing.secret']);
    expect((await list(mine)).map((line) => line.action)).not.toContain('thing.secret');
  });

  it('filters, and pages newest first without a gap or a repeat', async () => {
    for (let n = 0; n < 7; n += 1)
      await record(mine, `page.${n % 2 === 0 ? 'even' : 'odd'}`, `t${n}`);
    expect(await list(mine, { action: 'page.odd' })).toHaveLength(3);
    expect(await list(mine, { action: 'page.' })).toHaveLength(7);
    expect(await list(mine, { action: 'page' })).toEqual([]);
    expect(await list(mine, { targetId: 't3' })).toHaveLength(1);
    expect(await list(mine, { actorId: uuidV7() })).toEqual([]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await log.list(
        mine,
        AuditQuery.parse({ action: 'page.', limit: 3, ...(cursor !== null && { cursor }) }),
      );
      seen.push(...page.items.map((line) => line.targetId ?? ''));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0']);
  });

  it('filters by time, both ends included', async () => {
    await record(mine, 'timed.one');
    const [line] = await list(mine, { action: 'timed.one' });
    const at = line?.at ?? '';
    const later = new Date(Date.parse(at) + 1).toISOString();
    expect(await list(mine, { action: 'timed.one', from: at, to: at })).toHaveLength(1);
    expect(await list(mine, { action: 'timed.one', from: later })).toEqual([]);
  });

  it('is served by an index whatever the filter', async () => {
    const admin = await db.source('admin');
    await admin.query(
      `INSERT INTO drm.audit_event (tenant_id, id, actor_kind, actor_id, action, target_id, outcome)
       SELECT $1, gen_random_uuid(), 'user', gen_random_uuid(), 'bulk.a' || n % 50, n::text, 'success'
       FROM generate_series(1, 20000) n`,
      [theirs.tenantId],
    );
    await admin.query('ANALYZE drm.audit_event');
    for (const query of [
      {},
      { action: 'bulk.a7' },
      { action: 'page.' },
      { actorId: uuidV7() },
      { targetId: '77' },
      { from: new Date().toISOString() },
    ]) {
      const { conditions, params } = auditFilter(theirs.tenantId, AuditQuery.parse(query), null);
      const plan = await tenants.run(theirs.tenantId, (tx) =>
        tx.sql<{ 'QUERY PLAN': string }>(
          `EXPLAIN SELECT * FROM audit_event WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT 51`,
          params,
        ),
      );
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).not.toContain('Seq Scan');
      expect(text).toMatch(/Index/);
    }
  });
});
