import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventRepository, type EventPosition, type TenantDb } from '@drm/persistence';
import { TestDatabase, type TestTenant } from '@drm/testing';
import { LocalHints } from '../engine/hints.ts';
import { JobService } from '../jobs/job.service.ts';
import { aContext, someDevices, until } from '../testing/engine-bench.ts';
import type { FeedMessage } from './job-feed.ts';
import { DEFAULT_FEED_LIMITS, JobFeeds } from './job-feeds.ts';

let database: TestDatabase;
let api: TenantDb;
let worker: TenantDb;
let tenant: TestTenant;
let devices: string[];
const hints = new LocalHints();

beforeAll(async () => {
  database = await TestDatabase.create();
  api = await database.tenantDb('app_rw');
  worker = await database.tenantDb('app_worker', 10);
  tenant = await database.aTenant();
  devices = await someDevices(api, tenant.id, 3);
}, 60_000);
afterAll(() => database.drop());

const submit = () =>
  new JobService(api, hints).submit(aContext(tenant.id), {
    operation: { kind: 'probe' },
    targets: { deviceIds: devices },
  });

const write = (jobId: string, seq: number, holdMs = 0, kind = 'running'): Promise<void> =>
  worker.run(tenant.id, async (tx) => {
    await tx.execute(
      `INSERT INTO drm.execution_event (tenant_id, job_id, execution_id, seq, kind, data)
       VALUES ($1, $2, gen_random_uuid(), $3, $4, '{"attempt":1}')`,
      [tenant.id, jobId, seq, kind],
    );
    if (holdMs > 0) await tx.sql('SELECT pg_sleep($1)', [holdMs / 1000]);
  });

class Watching {
  readonly messages: FeedMessage[] = [];
  hasEnded = false;
  send(messages: readonly FeedMessage[]): void {
    this.messages.push(...messages);
  }
  end(): void {
    this.hasEnded = true;
  }
  names(): string[] {
    return this.messages.map((message) => message.event);
  }
}

describe('the event reader', () => {
  it('loses none and doubles none while eight writers commit out of order', async () => {
    const job = await submit();
    const repository = new EventRepository();
    const seen: string[] = [];
    let position: EventPosition = { tx: '0', pos: '0' };
    const read = async (): Promise<void> => {
      const events = await api.run(tenant.id, (tx) => repository.after(tx, job.id, position, 50));
      for (const event of events) seen.push(`${event.tx}.${event.pos}`);
      position = events.at(-1) ?? position;
    };
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, index) => {
      for (let n = 0; n < 25; n += 1) await write(job.id, index * 100 + n, Math.random() * 12);
    });
    const reader = (async () => {
      while (!isOver) await read();
    })();
    await Promise.all(writers);
    isOver = true;
    await reader;
    await until(async () => {
      await read();
      return seen.length >= 200;
    }, 'all events are read');
    expect(seen).toHaveLength(200);
    expect(new Set(seen).size).toBe(200);
  }, 30_000);
});

describe('a job feed', () => {
  it('begins with the counters, then tells changes, and goes on after an id', async () => {
    const job = await submit();
    const feeds = new JobFeeds(api, hints, (error) => {
      throw error;
    });
    const first = new Watching();
    const leave = await feeds.open(tenant.id, 'u', job.id, first, null);
    expect(first.messages[0]).toMatchObject({ event: 'job.progress', data: { jobId: job.id } });
    await write(job.id, 1);
    hints.say({ kind: 'progress', tenantId: tenant.id, jobId: job.id });
    await until(() => first.names().includes('execution.changed'), 'the change arrives');
    const id = first.messages.find((message) => message.event === 'execution.changed')?.id ?? null;
    leave();
    expect(feeds.size).toBe(0);
    await write(job.id, 2);
    const again = new Watching();
    await until(async () => {
      again.messages.length = 0;
      (await feeds.open(tenant.id, 'u', job.id, again, id))();
      return again.names().includes('execution.changed');
    }, 'what was missed is told');
    expect(again.names()).toEqual(['job.progress', 'execution.changed']);
    feeds.close();
  }, 20_000);

  it('tells no progress within an execution, and goes on after it', async () => {
    const job = await submit();
    const opened: number[] = [];
    const feeds = new JobFeeds(
      api,
      hints,
      (error) => {
        throw error;
      },
      DEFAULT_FEED_LIMITS,
      (open) => opened.push(open),
    );
    const watching = new Watching();
    const leave = await feeds.open(tenant.id, 'u', job.id, watching, null);
    await write(job.id, 1, 0, 'progress');
    hints.say({ kind: 'progress', tenantId: tenant.id, jobId: job.id });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await write(job.id, 2);
    hints.say({ kind: 'progress', tenantId: tenant.id, jobId: job.id });
    await until(() => watching.names().includes('execution.changed'), 'the change arrives');
    const changes = watching.messages.filter((message) => message.event === 'execution.changed');
    expect(changes).toMatchObject([{ data: { items: [{ status: 'running' }] } }]);
    leave();
    leave();
    expect(opened).toEqual([1, 0]);
    feeds.close();
  }, 20_000);

  it('says reset to an id it does not know, and limits streams', async () => {
    const job = await submit();
    const feeds = new JobFeeds(api, hints, () => undefined, {
      perUser: 1,
      perTenant: 2,
      perProcess: 3,
    });
    const watching = new Watching();
    await feeds.open(tenant.id, 'u', job.id, watching, 'nonsense');
    expect(watching.names()).toEqual(['reset', 'job.progress']);
    await expect(feeds.open(tenant.id, 'u', job.id, new Watching(), null)).rejects.toMatchObject({
      code: 'rate.limited',
    });
    feeds.close();
    expect(watching.hasEnded).toBe(true);
  }, 20_000);

  it("does not open another tenant's job, and ends at once for one that has ended", async () => {
    const other = await database.aTenant();
    const job = await submit();
    const feeds = new JobFeeds(api, hints, () => undefined);
    await expect(feeds.open(other.id, 'u', job.id, new Watching(), null)).rejects.toMatchObject({
      code: 'job.not_found',
    });
    await worker.run(tenant.id, (tx) =>
      tx.execute("UPDATE drm.job SET state = 'ended' WHERE tenant_id = $1 AND id = $2", [
        tenant.id,
        job.id,
      ]),
    );
    const late = new Watching();
    await feeds.open(tenant.id, 'u', job.id, late, null);
    expect(late.names()).toEqual(['job.progress', 'job.ended']);
    expect(late.hasEnded).toBe(true);
    feeds.close();
  }, 20_000);
});
