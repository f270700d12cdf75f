import { PRIORITIES, type CreateJob, type DeviceOperation, type Job } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  deviceFilterSql,
  FanOutRepository,
  readSetting,
  writeAuditLines,
  type JobRepository,
  type NewJob,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import { toJob } from './job-view.ts';
import { requestHash } from './request-hash.ts';

export interface SubmitOptions {
  readonly idempotencyKey?: string | null | undefined;
}

/** Up to here the executions are made with the job; above, a worker makes them in chunks of this size. */
export const FAN_OUT_CHUNK = 10_000;

const DEFAULT_DEADLINE_SECONDS = 600;
const SECONDS_AN_HOUR = 3600;
const EFFECTS: ReadonlySet<string> = new Set(['set', 'add', 'delete', 'invoke']);

/** True for operations that change the device: they are verified before they are repeated, and audited. */
export const isEffectful = (operation: DeviceOperation): boolean => EFFECTS.has(operation.kind);

/** What the tenant wants where a request says nothing. */
interface JobDefaults {
  readonly maxAttempts: number;
  readonly expiresInSeconds: number;
}

type Targets = (tx: TenantTx, job: NewJob) => Promise<number>;

/** Makes jobs: one transaction writes job, targets or executions, audit line and outbox row. */
export class JobSubmission {
  private readonly fanOut = new FanOutRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly jobs: JobRepository,
  ) {}

  async submit(ctx: RequestContext, request: CreateJob, options: SubmitOptions): Promise<Job> {
    const job = this.newJob(ctx, request, options, await this.defaults(ctx));
    const { targets } = request;
    if ('deviceIds' in targets) {
      const wanted = [...new Set(targets.deviceIds)];
      return await this.store(ctx, job, async (tx) => {
        const found = await this.fanOut.existing(tx, wanted);
        // One answer for unknown ids and for those of other tenants; it names none.
        if (found.length !== wanted.length) throw new DomainError('device.not_found');
        return await this.insertAll(tx, job, found);
      });
    }
    const condition = deviceFilterSql(targets.filter, 2);
    const except = targets.except ?? [];
    return await this.store(ctx, job, async (tx) => {
      const found = await this.fanOut.matching(tx, condition, except, FAN_OUT_CHUNK + 1);
      if (found.length === 0) throw new DomainError('job.no_targets');
      if (found.length <= FAN_OUT_CHUNK) return await this.insertAll(tx, job, found);
      const frozen = await this.fanOut.freeze(tx, job.id, condition, except);
      await this.jobs.setTargets(tx, job.id, frozen, 'expanding');
      return frozen;
    });
  }

  async retryFailed(ctx: RequestContext, jobId: string, options: SubmitOptions): Promise<Job> {
    const before = await this.db.run(ctx.tenantId, (tx) => this.jobs.find(tx, jobId));
    if (before === null) throw new DomainError('job.not_found');
    if (before.state !== 'ended') throw new DomainError('job.not_ended');
    const { expiresInSeconds } = await this.defaults(ctx);
    const job: NewJob = {
      ...before,
      id: uuidV7(),
      requestedBy: ctx.actor,
      correlationId: ctx.correlationId,
      idempotencyKey: options.idempotencyKey ?? null,
      requestHash: requestHash({ retryOf: jobId }),
      expiresInSeconds,
      retryOf: jobId,
    };
    return await this.store(ctx, job, async (tx) => {
      const frozen = await this.fanOut.freezeFailures(tx, job.id, jobId);
      if (frozen === 0) throw new DomainError('job.nothing_to_retry');
      if (frozen > FAN_OUT_CHUNK) {
        await this.jobs.setTargets(tx, job.id, frozen, 'expanding');
        return frozen;
      }
      const ids = await this.fanOut.takeTargets(tx, job.id, FAN_OUT_CHUNK);
      return await this.insertAll(tx, job, ids);
    });
  }

  private async insertAll(tx: TenantTx, job: NewJob, ids: readonly string[]): Promise<number> {
    const made = await this.fanOut.insertExecutions(tx, { ...job, jobId: job.id }, ids);
    await this.jobs.setTargets(tx, job.id, made, 'open');
    return made;
  }

  private async store(ctx: RequestContext, job: NewJob, targets: Targets): Promise<Job> {
    return await this.db.run(ctx.tenantId, async (tx) => {
      if (job.idempotencyKey !== null) {
        const earlier = await this.earlier(tx, job);
        if (earlier !== null) return earlier;
      }
      const load = await this.jobs.load(tx);
      if (load.suspended) throw new DomainError('tenant.suspended');
      if (load.open >= load.max) {
        throw new DomainError('quota.exceeded', `At most ${load.max} jobs may be at work.`, {
          retryAfterSeconds: 30,
        });
      }
      if (!(await this.jobs.insert(tx, job))) {
        // The same key was committed by a parallel request meanwhile.
        const winner = await this.earlier(tx, job);
        if (winner === null) throw new DomainError('internal');
        return winner;
      }
      const count = await targets(tx, job);
      await this.jobs.announce(tx, 'job.created', job.id);
      await writeAuditLines(tx, [
        {
          actor: ctx.actor,
          action: 'job.create',
          targetKind: 'job',
          targetId: job.id,
          targetName: job.name,
          outcome: 'success',
          address: ctx.address,
          correlationId: ctx.correlationId,
          data: { operation: job.spec.kind, targets: count },
        },
      ]);
      const record = await this.jobs.find(tx, job.id);
      if (record === null) throw new DomainError('internal');
      const counts = await this.jobs.countsOf(tx, [job.id]);
      return toJob(record, counts.get(job.id));
    });
  }

  private async earlier(tx: TenantTx, job: NewJob): Promise<Job | null> {
    if (job.idempotencyKey === null) return null;
    const record = await this.jobs.findByKey(tx, job.idempotencyKey);
    if (record === null) return null;
    if (record.requestHash !== job.requestHash) throw new DomainError('idempotency_key_reused');
    const counts = await this.jobs.countsOf(tx, [record.id]);
    return toJob(record, counts.get(record.id));
  }

  private async defaults(ctx: RequestContext): Promise<JobDefaults> {
    return await this.db.run(
      ctx.tenantId,
      async (tx) => ({
        maxAttempts: await readSetting(tx, 'jobs.max_attempts'),
        expiresInSeconds: SECONDS_AN_HOUR * (await readSetting(tx, 'jobs.default_expiry_hours')),
      }),
      { mode: 'ro' },
    );
  }

  private newJob(
    ctx: RequestContext,
    request: CreateJob,
    options: SubmitOptions,
    defaults: JobDefaults,
  ): NewJob {
    const { operation, targets } = request;
    const single = 'deviceIds' in targets && targets.deviceIds.length === 1;
    const priority = request.priority ?? (single ? 'interactive' : 'normal');
    return {
      id: uuidV7(),
      name: request.name ?? titleOf(operation),
      spec: operation,
      protocol: request.protocol ?? null,
      affinity: 'worker',
      priority: PRIORITIES[priority],
      requestedBy: ctx.actor,
      correlationId: ctx.correlationId,
      idempotencyKey: options.idempotencyKey ?? null,
      requestHash: requestHash(request),
      onUncertain: request.onUncertain ?? 'ask',
      maxAttempts: request.maxAttempts ?? defaults.maxAttempts,
      deadlineMs: (request.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1000,
      expiresInSeconds: request.expiresInSeconds ?? defaults.expiresInSeconds,
      retryOf: null,
    };
  }
}

function titleOf(operation: DeviceOperation): string {
  const more = (items: readonly unknown[]): string =>
    items.length > 1 ? ` and ${items.length - 1} more` : '';
  switch (operation.kind) {
    case 'get':
      return `Get ${operation.paths[0] ?? ''}${more(operation.paths)}`.slice(0, 120);
    case 'set':
      return `Set ${operation.values[0]?.path ?? ''}${more(operation.values)}`.slice(0, 120);
    case 'probe':
      return 'Probe';
    case 'invoke':
      return `Invoke ${operation.command}`.slice(0, 120);
    case 'list':
    case 'walk':
    case 'add':
    case 'delete':
      return `${operation.kind[0]?.toUpperCase()}${operation.kind.slice(1)} ${operation.path}`.slice(
        0,
        120,
      );
  }
}
