import {
  anyShard,
  ExecutionRepository,
  JobRepository,
  writeAuditLines,
  type JobRecord,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import { endedCount, jobOutcome, NO_COUNTS } from '@drm/domain';
import { isEffectful } from '../jobs/job-submission.ts';

const CHECK_MS = 150;
const BREAKER_LEAST = 20;
const BREAKER_SHARE = 0.5;
const BREAKER_INTERNAL = 10;

/**
 * Ends jobs whose last execution has ended, and stops those that do more harm than good. Counters are summed after
 * the commit of a finish, so of two finishes at once the later check sees both.
 */
export class JobEnder {
  private readonly jobs = new JobRepository();
  private readonly executions = new ExecutionRepository();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly db: TenantDb,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Looks at the job soon; calls in between are one look. */
  checkSoon(tenantId: string, jobId: string): void {
    if (this.timers.has(jobId)) return;
    const look = (): void => {
      this.timers.delete(jobId);
      void this.check(tenantId, jobId).catch(this.failed);
    };
    this.timers.set(jobId, setTimeout(look, CHECK_MS));
  }

  /** @returns true when this call ended the job */
  async check(tenantId: string, jobId: string): Promise<boolean> {
    return await this.db.run(
      tenantId,
      async (tx) => {
        if (!(await this.jobs.endIfDone(tx, jobId))) {
          await this.breakCircuit(tx, jobId);
          return false;
        }
        const job = await this.jobs.find(tx, jobId);
        const counts = { ...NO_COUNTS, ...(await this.jobs.countsOf(tx, [jobId])).get(jobId) };
        await this.jobs.announce(tx, 'job.ended', jobId);
        if (job !== null) {
          const { succeeded, failed, cancelled, expired } = counts;
          await writeAuditLines(tx, [
            lineOf(job, 'job.end', {
              outcome: jobOutcome(counts),
              succeeded,
              failed,
              cancelled,
              expired,
            }),
          ]);
        }
        return true;
      },
      { retry: true },
    );
  }

  /** Nothing is looked at any more; the reconciler of another process goes on. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /**
   * A change that fails on most devices stops itself; a read harms nobody and runs to its end. An error of our own
   * that repeats stops either.
   */
  private async breakCircuit(tx: TenantTx, jobId: string): Promise<void> {
    const counts = { ...NO_COUNTS, ...(await this.jobs.countsOf(tx, [jobId])).get(jobId) };
    if (counts.failed < Math.min(BREAKER_INTERNAL, BREAKER_LEAST * BREAKER_SHARE)) return;
    const job = await this.jobs.find(tx, jobId);
    if (job === null || job.paused || job.cancelling || job.state === 'ended') return;
    const ended = endedCount(counts) - job.breakerEnded;
    const failed = counts.failed - job.breakerFailed;
    const harms = isEffectful(job.spec) && ended >= BREAKER_LEAST && failed / ended > BREAKER_SHARE;
    if (!harms && failed < BREAKER_INTERNAL) return;
    const groups = harms ? [] : await this.executions.failures(tx, jobId, 20);
    const isOurs = groups.some(
      (group) => group.error.class === 'internal' && group.count >= BREAKER_INTERNAL,
    );
    if (!harms && !isOurs) return;
    if (!(await this.jobs.pause(tx, jobId, 'circuit_open'))) return;
    await this.executions.holdForPause(tx, jobId, 'circuit_open', anyShard());
    await writeAuditLines(tx, [
      lineOf(job, 'job.pause', { reason: 'circuit_open', failed, ended }),
    ]);
  }
}

const lineOf = (
  job: JobRecord,
  action: string,
  data: Readonly<Record<string, string | number>>,
) => ({
  actor: { kind: 'system' as const, id: null, name: 'job engine' },
  action,
  targetKind: 'job' as const,
  targetId: job.id,
  targetName: job.name,
  outcome: 'success' as const,
  address: null,
  correlationId: job.correlationId,
  data,
});
