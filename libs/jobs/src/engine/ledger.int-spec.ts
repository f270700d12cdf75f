import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ClaimRepository,
  EngineRepository,
  FinishRepository,
  type ClaimedExecution,
  type Finish,
  type TenantDb,
} from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { JobService } from '../jobs/job.service.ts';
import { aContext, ledgerFaults, someDevices } from '../testing/engine-bench.ts';
import { LocalHints } from './hints.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let admin: DataSource;

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker');
  admin = await database.source('admin', 1);
}, 60_000);
afterAll(() => database.drop());

const STEPS = [
  'pick',
  'claim',
  'succeed',
  'fail',
  'wait',
  'giveBack',
  'late',
  'crash',
  'promote',
  'cancel',
  'expire',
  'pause',
  'resume',
] as const;
type Step = (typeof STEPS)[number];

describe('the ledger', () => {
  it('adds up after any sequence of transitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...STEPS), { minLength: 5, maxLength: 25 }),
        async (steps) => {
          await play(steps);
          expect(await ledgerFaults(database)).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});

async function play(steps: readonly Step[]): Promise<void> {
  const tenant = await database.aTenant();
  const ctx = aContext(tenant.id);
  const jobs = new JobService(api, new LocalHints());
  const engine = new EngineRepository(worker);
  const claims = new ClaimRepository();
  const finishes = new FinishRepository();
  const devices = await someDevices(api, tenant.id, 4);
  const make = () =>
    jobs.submit(ctx, { operation: { kind: 'probe' }, targets: { deviceIds: devices } });
  const made = [await make(), await make()];
  let picked: Awaited<ReturnType<EngineRepository['pick']>> = [];
  const held: ClaimedExecution[] = [];
  const finish = async (to: Finish['to']): Promise<void> => {
    const batch = held.splice(0, 2).map((claim): Finish => ({
      executionId: claim.executionId,
      jobId: claim.jobId,
      deviceId: claim.deviceId,
      fence: claim.fence,
      to,
      waitingReason: to === 'waiting' ? 'backoff' : null,
      runAfterMs: to === 'waiting' ? 0 : null,
      error: null,
      errorCode: to === 'failed' ? 'x' : null,
      result: null,
      mode: 'run',
      giveBackAttempt: to === 'queued',
      values: null,
      identity: null,
      reachability: null,
      endpoint: null,
    }));
    if (batch.length > 0) await worker.run(tenant.id, (tx) => finishes.finish(tx, batch));
  };
  const actions: Readonly<Record<Step, () => Promise<unknown>>> = {
    pick: async () => {
      picked = (await engine.pick('worker', 1000, 3)).filter((one) => one.tenantId === tenant.id);
    },
    claim: async () => {
      if (picked.length === 0) return;
      const settings = { holder: 'h', leaseSeconds: 0.001, graceSeconds: 0 };
      const { claimed } = await worker.run(tenant.id, (tx) => claims.claim(tx, picked, settings));
      held.push(...claimed);
    },
    succeed: () => finish('succeeded'),
    fail: () => finish('failed'),
    wait: () => finish('waiting'),
    giveBack: () => finish('queued'),
    late: () => engine.reap(0, 3600),
    crash: () => engine.reap(3600, 0),
    promote: () => engine.promote(100),
    cancel: async () => {
      const state = (await jobs.get(ctx, made[0]?.id ?? '')).state;
      if (state !== 'ended') await jobs.cancel(ctx, made[0]?.id ?? '');
      await engine.cancelChunk(3);
    },
    expire: async () => {
      await admin.query("UPDATE drm.job SET expires_at = now() - interval '1 s' WHERE id = $1", [
        made[1]?.id,
      ]);
      await engine.expire(2);
    },
    pause: () =>
      admin.query(
        "UPDATE drm.job SET paused = true, paused_reason = 'job_paused' WHERE id = $1 AND NOT cancelling",
        [made[1]?.id],
      ),
    resume: () => jobs.resume(ctx, made[1]?.id ?? ''),
  };
  for (const step of steps) await actions[step]();
}
