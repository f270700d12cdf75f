import { uuidV7, type RequestContext } from '@drm/domain';
import type { TenantDb } from '@drm/persistence';
import type { TestDatabase } from '@drm/testing';
import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from '../engine/engine-settings.ts';
import type { HeldExecution, OperationExecutor, Outcome } from '../engine/operation-executor.ts';

export const SUCCESS: Outcome = {
  protocol: 'fake',
  result: {},
  error: null,
  uncertain: false,
  contact: { reachability: null, endpoint: null },
};

export const failure = (
  errorClass: 'transient' | 'unreachable' | 'permanent' | 'auth' | 'internal',
  code: string,
  uncertain = false,
): Outcome => ({
  ...SUCCESS,
  result: null,
  uncertain,
  error: { class: errorClass, code, message: code, hint: null, native: null, path: null },
});

/** An executor that runs a function; devices need no endpoint. */
export class FakeExecutor implements OperationExecutor {
  readonly protocols = ['fake'];
  readonly ran: { executionId: string; deviceId: string | null; attempt: number; mode: string }[] =
    [];

  constructor(private readonly work: (held: HeldExecution) => Promise<Outcome> | Outcome) {}

  load(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map());
  }

  async execute(held: HeldExecution): Promise<Outcome> {
    const { executionId, deviceId, attempt, mode } = held.claim;
    this.ran.push({ executionId, deviceId, attempt, mode });
    return await this.work(held);
  }
}

export const aContext = (tenantId: string): RequestContext => ({
  tenantId,
  actor: { kind: 'user', id: uuidV7(), name: 'Ada' },
  permissions: new Set(['jobs:run', 'jobs:read', 'devices:read']),
  correlationId: `test-${Math.random().toString(36).slice(2, 12)}`,
  address: '127.0.0.1',
});

export const someSettings = (override: Partial<EngineSettings> = {}): EngineSettings => ({
  ...DEFAULT_ENGINE_SETTINGS,
  holder: `test:${Math.random().toString(36).slice(2, 10)}`,
  tickMs: 5,
  idleMs: 20,
  ...override,
});

/** Inserts devices as the app would. @returns their ids, in order */
export async function someDevices(
  db: TenantDb,
  tenantId: string,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidV7()).sort();
  await db.run(tenantId, (tx) =>
    tx.execute(
      `INSERT INTO drm.device (tenant_id, id, name, name_key)
       SELECT $1, i, 'device ' || n, 'device ' || n FROM unnest($2::uuid[]) WITH ORDINALITY x (i, n)`,
      [tenantId, ids],
    ),
  );
  return ids;
}

/** Waits for a condition, 20 ms at a time. @throws when it does not come true in time */
export async function until(
  condition: () => Promise<boolean> | boolean,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Counters that do not add up, over all jobs of the database, compared with the rows themselves. */
export async function ledgerFaults(database: TestDatabase): Promise<unknown[]> {
  const admin = await database.source('admin', 1);
  return await admin.query(
    `WITH rows AS (SELECT tenant_id, job_id, status, count(*) AS n FROM drm.execution GROUP BY 1, 2, 3),
     counters AS (SELECT tenant_id, job_id, status, sum(n) AS n FROM drm.job_progress GROUP BY 1, 2, 3)
     SELECT coalesce(r.job_id, c.job_id) AS job, coalesce(r.status, c.status) AS status, r.n AS rows, c.n AS counted
     FROM rows r FULL JOIN counters c ON c.tenant_id = r.tenant_id AND c.job_id = r.job_id AND c.status = r.status
     WHERE coalesce(r.n, 0) <> coalesce(c.n, 0)
     UNION ALL
     SELECT j.id, 'gap', j.target_count, coalesce(x.n, 0) FROM drm.job j
     LEFT JOIN (SELECT job_id, sum(n) AS n FROM drm.job_progress GROUP BY 1) x ON x.job_id = j.id
     WHERE j.state <> 'expanding' AND j.target_count <> coalesce(x.n, 0)`,
  );
}
