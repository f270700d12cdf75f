import {
  createPostgresBackend,
  Queue,
  runMigrations,
  setDefaultBackendFactory,
  Worker,
  type QueueOptions,
  type WorkerOptions,
} from 'bullmq';
import type { Bell, WakeBatch } from './bell.ts';

/** Queue of executions that a worker runs. */
export const EXECUTIONS_QUEUE = 'executions';

export interface QueueSettings {
  /** Redis when set; else the queues live in PostgreSQL. */
  readonly redisUrl: string | undefined;
  /** PostgreSQL as the app's own role. */
  readonly databaseUrl: string;
  readonly onError: (error: Error) => void;
}

/** Every queue there is; one more needs a run of `migrate`. */
const QUEUE_NAMES = [EXECUTIONS_QUEUE, 'mib', 'wake'] as const;

/** Schema of BullMQ's tables in PostgreSQL. */
const QUEUE_SCHEMA = 'bullmq';
const RING_TIMEOUT_MS = 2000;
const PREFIX = 'drm';

/** A message is a wake-up: it is tried once, and leaves nothing behind. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

/**
 * Of every listener. `concurrency` is bell messages at once; how many executions run at once is the runner's business.
 * A stalled message fails: what it woke, if anything, the reconciler returns to the queue.
 */
export const LISTENER_OPTIONS = {
  concurrency: 8,
  lockDuration: 60_000,
  stalledInterval: 30_000,
  maxStalledCount: 0,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  drainDelay: 5,
  runRetryDelay: 1000,
} as const satisfies Omit<WorkerOptions, 'connection'>;

interface SqlClient {
  query<R = unknown>(text: string, params?: readonly unknown[]): Promise<{ rows: R[] }>;
}

/**
 * Makes BullMQ's tables in PostgreSQL and lets the apps use, not change, them. Run by `migrate` as a login that may
 * create schemas; again and again does no harm.
 * @param client one session, not a pool
 */
export async function prepareQueueSchema(client: SqlClient): Promise<void> {
  await runMigrations(client as never, QUEUE_SCHEMA);
  // BullMQ makes one sequence a queue at its first message; the apps may not create anything.
  for (const name of QUEUE_NAMES) {
    await client.query(
      `DO $$ BEGIN EXECUTE format('CREATE SEQUENCE IF NOT EXISTS ${QUEUE_SCHEMA}.%I', 'bullmq_jid_' || md5('${name}')); END $$`,
    );
  }
  const roles = 'app_worker, app_gateway';
  await client.query(`REVOKE ALL ON SCHEMA ${QUEUE_SCHEMA} FROM PUBLIC`);
  await client.query(`GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${roles}`);
  await client.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${roles}`,
  );
  await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${QUEUE_SCHEMA}.migration FROM ${roles}`);
  await client.query(
    `GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${roles}`,
  );
  await client.query(`REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} FROM PUBLIC`);
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO ${roles}`);
}

/**
 * The only place that builds BullMQ objects and their options, and that knows which backend there is. BullMQ carries
 * wake-ups only: no retries, delays, priorities or repeats; those live in PostgreSQL.
 */
export class QueueFactory {
  private readonly queues: Queue[] = [];
  private readonly workers: Worker[] = [];

  constructor(private readonly settings: QueueSettings) {
    // @nestjs/bullmq builds its workers without naming a backend, so the process has one.
    if (settings.redisUrl === undefined) setDefaultBackendFactory(createPostgresBackend);
    else setDefaultBackendFactory();
  }

  get driver(): 'redis' | 'postgres' {
    return this.settings.redisUrl === undefined ? 'postgres' : 'redis';
  }

  /** For BullModule, whose queues and workers are made of them, and for our own queues. */
  queueOptions(): QueueOptions {
    return { connection: this.connection(), prefix: PREFIX, defaultJobOptions: JOB_OPTIONS };
  }

  /** The bell on a queue that somebody else closes. */
  bellOf(queue: Queue): Bell {
    queue.on('error', this.settings.onError);
    return new QueueBell(queue, this.driver);
  }

  bell(name: string): Bell {
    const queue = new Queue(name, this.queueOptions());
    this.queues.push(queue);
    return this.bellOf(queue);
  }

  /** A listener without Nest: benches, tests. */
  listen(
    name: string,
    on: (batch: WakeBatch) => Promise<void>,
    timing: Partial<Pick<WorkerOptions, 'lockDuration' | 'stalledInterval'>> = {},
  ): void {
    const worker = new Worker<WakeBatch>(name, (job) => on(job.data), {
      ...LISTENER_OPTIONS,
      ...timing,
      connection: this.connection(),
      prefix: PREFIX,
    });
    worker.on('error', this.settings.onError);
    this.workers.push(worker);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.workers.map((worker) => worker.close()));
    await Promise.allSettled(this.queues.map((queue) => closeSoon(queue)));
  }

  private connection(): QueueOptions['connection'] {
    const { redisUrl, databaseUrl } = this.settings;
    if (redisUrl !== undefined) {
      return {
        url: redisUrl,
        connectTimeout: RING_TIMEOUT_MS,
        retryStrategy: (tries: number) => Math.min(1000, 50 * tries),
      };
    }
    const postgres = {
      connectionString: databaseUrl,
      schema: QUEUE_SCHEMA,
      max: 4,
      application_name: 'drm-queue',
      keepAlive: true,
      connectionTimeoutMillis: RING_TIMEOUT_MS,
    };
    return postgres as never;
  }
}

/** A queue whose server is away would wait for it before it closes. */
async function closeSoon(queue: Queue): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), RING_TIMEOUT_MS);
  });
  const how = await Promise.race([queue.close(), late]);
  clearTimeout(timer);
  if (how === 'late') await queue.disconnect();
}

/** Rings a BullMQ queue, and gives up after two seconds: a lost ring costs a wait, a stuck dispatcher everything. */
class QueueBell implements Bell {
  constructor(
    private readonly queue: Queue,
    private readonly driver: 'redis' | 'postgres',
  ) {}

  async ring(batches: readonly WakeBatch[]): Promise<void> {
    const added = this.add(batches);
    added.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the queue does not answer')), RING_TIMEOUT_MS);
    });
    try {
      await Promise.race([added, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async add(batches: readonly WakeBatch[]): Promise<unknown> {
    if (this.driver === 'redis') {
      return await this.queue.addBulk(
        batches.map((batch) => ({ name: 'wake', data: batch, opts: JOB_OPTIONS })),
      );
    }
    // The PostgreSQL backend makes two temporary tables for every bulk, which bloats the catalog; a pick rings for few.
    return await Promise.all(batches.map((batch) => this.queue.add('wake', batch, JOB_OPTIONS)));
  }
}
