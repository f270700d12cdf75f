import { ProgressRepository, type ProgressNote, type TenantDb } from '@drm/persistence';
import type { LiveExecution } from './held-execution.ts';

/** A round tells the latest of each execution, so nobody is told of more than twice a second. */
export const TELL_MS = 500;
/** What ends sooner tells nothing on its way: most executions never cost a row here. */
const LEAST_AGE_MS = 1000;

/** Writes how far the executions of this process are, one transaction a tenant and round. */
export class ProgressTeller {
  private readonly repository = new ProgressRepository();
  private isBusy = false;

  constructor(
    private readonly db: TenantDb,
    private readonly failed: (error: unknown) => void,
    private readonly now: () => number,
  ) {}

  /** One round; a round while one is at work is left out. */
  async round(live: Iterable<LiveExecution>): Promise<void> {
    if (this.isBusy) return;
    const notes = this.gather(live);
    if (notes.size === 0) return;
    this.isBusy = true;
    try {
      for (const [tenantId, batch] of notes)
        await this.db.run(tenantId, (tx) => this.repository.tell(tx, batch));
    } catch (error) {
      // News only: the next round has newer ones.
      this.failed(error);
    } finally {
      this.isBusy = false;
    }
  }

  private gather(live: Iterable<LiveExecution>): Map<string, ProgressNote[]> {
    const notes = new Map<string, ProgressNote[]>();
    const now = this.now();
    for (const held of live) {
      if (held.finishing || now - held.heldSince < LEAST_AGE_MS) continue;
      const progress = held.takeProgress();
      if (progress === null) continue;
      const { executionId, fence } = held.claim;
      const batch = notes.get(held.job.tenantId) ?? [];
      batch.push({ executionId, fence, progress });
      notes.set(held.job.tenantId, batch);
    }
    return notes;
  }
}
