import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EngineRepository, type TenantDb } from '@drm/persistence';
import { TestDatabase } from '@drm/testing';
import { JobService } from '../jobs/job.service.ts';
import type { WakeBatch } from '../queue/bell.ts';
import { aContext, someDevices, someSettings } from '../testing/engine-bench.ts';
import { Dispatcher } from './dispatcher.ts';
import { SILENT_OBSERVER } from './engine-observer.ts';
import { LocalHints } from './hints.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker');
}, 60_000);
afterAll(() => database.drop());

describe('a bell that stays silent', () => {
  it('is replaced by polling after 30 s, until it rings again', async () => {
    const tenant = await database.aTenant();
    const submit = async (count: number): Promise<void> => {
      const deviceIds = await someDevices(api, tenant.id, count);
      await new JobService(api, new LocalHints()).submit(aContext(tenant.id), {
        operation: { kind: 'probe' },
        targets: { deviceIds },
      });
    };
    const taken: WakeBatch[] = [];
    const rung: WakeBatch[] = [];
    const counted: string[] = [];
    let isBroken = true;
    let clock = 0;
    const dispatcher = new Dispatcher(
      new EngineRepository(worker),
      {
        ring: (batches) => {
          if (isBroken) return Promise.reject(new Error('no queue'));
          rung.push(...batches);
          return Promise.resolve();
        },
      },
      (batches) => taken.push(...batches),
      ['fake'],
      someSettings(),
      { ...SILENT_OBSERVER, count: (counter) => counted.push(counter) },
      () => clock,
    );
    await submit(3);
    expect(await dispatcher.tick()).toBe(3);
    expect(counted).toContain('bell_failures');
    // Rows younger than a second may still be heard of.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    clock = 29_000;
    await dispatcher.tick();
    expect(taken).toEqual([]);
    clock = 31_000;
    await dispatcher.tick();
    expect(taken.flatMap((batch) => batch.w)).toHaveLength(3);
    expect(taken[0]?.t).toBe(tenant.id);
    isBroken = false;
    await submit(2);
    clock = 33_000;
    expect(await dispatcher.tick()).toBe(2);
    expect(rung.flatMap((batch) => batch.w)).toHaveLength(2);
    taken.length = 0;
    clock = 40_000;
    await dispatcher.tick();
    expect(taken).toEqual([]);
  }, 30_000);
});
