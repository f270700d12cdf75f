import type {
  CreateJob,
  DeviceExecution,
  Execution,
  ExecutionQuery,
  FailureGroup,
  Job,
  JobQuery,
  JobState,
  LedgerRow,
  Page,
  TimelineEvent,
} from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import {
  anyShard,
  decodeCursor,
  encodeCursor,
  ExecutionRepository,
  JobRepository,
  pageFrom,
  writeAuditLines,
  type ExecutionRecord,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import type { Hints } from '../engine/hints.ts';
import { toExecution, toJob, toLedgerRow } from './job-view.ts';
import { JobSubmission, type SubmitOptions } from './job-submission.ts';

const ACTIVE: readonly JobState[] = ['expanding', 'open'];

/** Jobs as people and the API see them. The engine's own work lies in Dispatcher, ExecutionRunner and Reconciler. */
export class JobService {
  private readonly jobs = new JobRepository();
  private readonly executions = new ExecutionRepository();
  private readonly submission: JobSubmission;

  constructor(
    private readonly db: TenantDb,
    /** "Look now" for the processes that watch; lost hints only cost time. */
    private readonly hints: Pick<Hints, 'say'>,
  ) {
    this.submission = new JobSubmission(db, this.jobs);
  }

  /**
   * Stores a job with its executions (above 10,000 targets: with its frozen targets) in one transaction.
   * @returns the job; with the same idempotency key and request, the job made before
   * @throws DomainError `device.not_found` | `job.no_targets` | `quota.exceeded` | `tenant.suspended` |
   *   `idempotency_key_reused` | `protocol.unknown`
   */
  async submit(ctx: RequestContext, request: CreateJob, options: SubmitOptions = {}): Promise<Job> {
    const job = await this.submission.submit(ctx, request, options);
    this.hints.say({ kind: 'work', tenantId: ctx.tenantId, jobId: job.id });
    return job;
  }

  async list(ctx: RequestContext, query: JobQuery): Promise<Page<Job>> {
    const after = query.cursor === undefined ? null : decodeCursor('jobs', 'id', query.cursor, 1);
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const rows = await this.jobs.page(tx, {
          after: after === null ? null : String(after[0]),
          limit: query.limit,
          states: query.state === undefined ? [] : query.state === 'active' ? ACTIVE : ['ended'],
          kind: query.kind ?? null,
          deviceId: query.deviceId ?? null,
        });
        const page = pageFrom(rows, query.limit, (row) => encodeCursor('jobs', 'id', [row.id]));
        const counts = await this.jobs.countsOf(
          tx,
          page.items.map((row) => row.id),
        );
        return { ...page, items: page.items.map((row) => toJob(row, counts.get(row.id))) };
      },
      { mode: 'ro' },
    );
  }

  /** @throws DomainError `job.not_found` */
  async get(ctx: RequestContext, jobId: string): Promise<Job> {
    return await this.db.run(ctx.tenantId, (tx) => this.view(tx, jobId), { mode: 'ro' });
  }

  /** @throws DomainError `job.not_found` */
  async executionsOf(
    ctx: RequestContext,
    jobId: string,
    query: ExecutionQuery,
  ): Promise<Page<Execution>> {
    const after =
      query.cursor === undefined ? null : decodeCursor('executions', 'target', query.cursor, 1);
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        await this.must(tx, jobId);
        const rows = await this.executions.page(tx, {
          jobId,
          after: after === null ? null : String(after[0]),
          limit: query.limit,
          status: query.status ?? null,
          errorCode: query.errorCode ?? null,
        });
        const page = pageFrom(rows, query.limit, (row) =>
          encodeCursor('executions', 'target', [row.targetKey]),
        );
        return { ...page, items: await this.views(tx, page.items) };
      },
      { mode: 'ro' },
    );
  }

  /** Executions of a device over all jobs, newest first. An unknown device has none. */
  async executionsOfDevice(
    ctx: RequestContext,
    deviceId: string,
    query: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<DeviceExecution>> {
    const after =
      query.cursor === undefined ? null : decodeCursor('device-executions', 'id', query.cursor, 1);
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const rows = await this.executions.pageOfDevice(
          tx,
          deviceId,
          after === null ? null : String(after[0]),
          query.limit,
        );
        const page = pageFrom(rows, query.limit, (row) =>
          encodeCursor('device-executions', 'id', [row.id]),
        );
        const views = await this.views(tx, page.items);
        const items = page.items.flatMap(({ operation }, index) => {
          const view = views[index];
          return view === undefined ? [] : [{ ...view, operation }];
        });
        return { ...page, items };
      },
      { mode: 'ro' },
    );
  }

  /** Failures grouped by cause, largest first, at most 100 groups. @throws DomainError `job.not_found` */
  async failures(ctx: RequestContext, jobId: string): Promise<Page<FailureGroup>> {
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        await this.must(tx, jobId);
        const groups = await this.executions.failures(tx, jobId, 100);
        const items = groups.map((group) => ({
          class: group.error.class,
          code: group.code,
          message: group.error.message,
          hint: group.error.hint,
          count: group.count,
          sampleDeviceIds: group.sampleDeviceIds,
        }));
        return { items, nextCursor: null };
      },
      { mode: 'ro' },
    );
  }

  /** @throws DomainError `execution.not_found` */
  async execution(ctx: RequestContext, executionId: string): Promise<Execution> {
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const record = await this.executions.find(tx, executionId);
        if (record === null) throw new DomainError('execution.not_found');
        const [view] = await this.views(tx, [record]);
        if (view === undefined) throw new DomainError('execution.not_found');
        return view;
      },
      { mode: 'ro' },
    );
  }

  /** What happened to an execution, oldest first. @throws DomainError `execution.not_found` */
  async timeline(
    ctx: RequestContext,
    executionId: string,
    query: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<TimelineEvent>> {
    const after =
      query.cursor === undefined ? null : decodeCursor('timeline', 'seq', query.cursor, 1);
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        if ((await this.executions.find(tx, executionId)) === null)
          throw new DomainError('execution.not_found');
        const rows = await this.executions.timeline(
          tx,
          executionId,
          after === null ? 0 : Number(after[0]),
          query.limit,
        );
        const page = pageFrom(rows, query.limit, (row) =>
          encodeCursor('timeline', 'seq', [row.seq]),
        );
        return { ...page, items: page.items.map((row) => ({ ...row, data: { ...row.data } })) };
      },
      { mode: 'ro' },
    );
  }

  /**
   * Stops a job. What does not run ends soon after, what runs stops at its next safe point.
   * A second cancel is answered as the first. @throws DomainError `job.not_found` | `job.already_ended`
   */
  async cancel(ctx: RequestContext, jobId: string): Promise<Job> {
    const job = await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const record = await this.jobs.lock(tx, jobId);
        if (record === null) throw new DomainError('job.not_found');
        if (record.state === 'ended') throw new DomainError('job.already_ended');
        if (await this.jobs.flagCancelling(tx, jobId)) {
          await this.executions.requestCancel(tx, jobId);
          await this.jobs.announce(tx, 'job.cancel', jobId);
          await this.audit(tx, ctx, 'job.cancel', record.id, record.name);
        }
        return await this.view(tx, jobId);
      },
      { retry: true },
    );
    this.hints.say({ kind: 'cancel', tenantId: ctx.tenantId, jobId });
    return job;
  }

  /** Goes on with a job that was paused, by its circuit breaker or by hand. @throws DomainError `job.not_found` */
  async resume(ctx: RequestContext, jobId: string): Promise<Job> {
    const job = await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const record = await this.jobs.lock(tx, jobId);
        if (record === null) throw new DomainError('job.not_found');
        if (await this.jobs.resume(tx, jobId)) {
          await this.executions.releasePaused(tx, jobId, anyShard());
          await this.audit(tx, ctx, 'job.resume', record.id, record.name);
        }
        return await this.view(tx, jobId);
      },
      { retry: true },
    );
    this.hints.say({ kind: 'work', tenantId: ctx.tenantId, jobId });
    return job;
  }

  /**
   * A new job of the same operation over the devices that failed or expired.
   * @throws DomainError `job.not_found` | `job.not_ended` | `job.nothing_to_retry` | `quota.exceeded`
   */
  async retryFailed(ctx: RequestContext, jobId: string, options: SubmitOptions = {}): Promise<Job> {
    const job = await this.submission.retryFailed(ctx, jobId, options);
    this.hints.say({ kind: 'work', tenantId: ctx.tenantId, jobId: job.id });
    return job;
  }

  /** The equation of every job, newest first: created = ended + open. */
  async ledger(
    ctx: RequestContext,
    query: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<LedgerRow>> {
    const after = query.cursor === undefined ? null : decodeCursor('ledger', 'id', query.cursor, 1);
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const rows = await this.jobs.ledger(
          tx,
          query.limit,
          after === null ? null : String(after[0]),
        );
        const page = pageFrom(rows, query.limit, (row) => encodeCursor('ledger', 'id', [row.id]));
        const counts = await this.jobs.countsOf(
          tx,
          page.items.map((row) => row.id),
        );
        return { ...page, items: page.items.map((row) => toLedgerRow(row, counts.get(row.id))) };
      },
      { mode: 'ro' },
    );
  }

  private async must(tx: TenantTx, jobId: string): Promise<void> {
    if ((await this.jobs.find(tx, jobId)) === null) throw new DomainError('job.not_found');
  }

  /** What queued executions wait for is computed, once a page. */
  private async views(tx: TenantTx, rows: readonly ExecutionRecord[]): Promise<Execution[]> {
    const isAsked = rows.some((row) => row.status === 'queued');
    const tenant = isAsked ? await this.executions.inflight(tx) : { inflight: 0, max: Infinity };
    return rows.map((row) => toExecution(row, tenant));
  }

  private async view(tx: TenantTx, jobId: string): Promise<Job> {
    const record = await this.jobs.find(tx, jobId);
    if (record === null) throw new DomainError('job.not_found');
    const counts = await this.jobs.countsOf(tx, [jobId]);
    return toJob(record, counts.get(jobId));
  }

  private async audit(
    tx: TenantTx,
    ctx: RequestContext,
    action: string,
    jobId: string,
    name: string,
  ): Promise<void> {
    await writeAuditLines(tx, [
      {
        actor: ctx.actor,
        action,
        targetKind: 'job',
        targetId: jobId,
        targetName: name,
        outcome: 'success',
        address: ctx.address,
        correlationId: ctx.correlationId,
        data: {},
      },
    ]);
  }
}
