import {
  FanOutRepository,
  JobRepository,
  type EngineRepository,
  type TenantDb,
} from '@drm/persistence';
import { FAN_OUT_CHUNK } from '../jobs/job-submission.ts';

/** Makes executions of frozen targets, chunk by chunk. Killed anywhere, the next call goes on where it stopped. */
export class Expander {
  private readonly jobs = new JobRepository();
  private readonly fanOut = new FanOutRepository();
  private isBusy = false;

  constructor(
    private readonly db: TenantDb,
    private readonly engine: EngineRepository,
    private readonly onChunk: (tenantId: string, jobId: string) => void,
  ) {}

  /** Expands every job that waits for it. A call while one is at work does nothing. */
  async run(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (const { tenantId, jobId } of await this.engine.expandingJobs(10)) {
        while (await this.expandChunk(tenantId, jobId, FAN_OUT_CHUNK))
          this.onChunk(tenantId, jobId);
        this.onChunk(tenantId, jobId);
      }
    } finally {
      this.isBusy = false;
    }
  }

  /** @returns false when the job is expanded */
  async expandChunk(tenantId: string, jobId: string, size: number): Promise<boolean> {
    return await this.db.run(
      tenantId,
      async (tx) => {
        const job = await this.jobs.lock(tx, jobId);
        if (job?.state !== 'expanding') return false;
        if (job.cancelling) {
          // What was never made cannot end: the job is as large as it has become.
          const given = await this.fanOut.takeTargets(tx, jobId, 2 ** 31 - 1);
          await this.jobs.setTargets(tx, jobId, job.targetCount - given.length, 'open');
          return false;
        }
        const taken = await this.fanOut.expand(tx, { ...job, jobId }, size);
        if (taken === size) return true;
        await this.jobs.setTargets(tx, jobId, job.targetCount, 'open');
        return false;
      },
      { retry: true, timeoutMs: 30_000 },
    );
  }
}
