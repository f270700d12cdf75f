import type { EngineRepository } from '@drm/persistence';
import type { Hint, Hints } from './hints.ts';

const CHUNK = 200;
const LEASE_SECONDS = 30;

const KIND_OF: Readonly<Record<string, Hint['kind']>> = {
  'job.created': 'work',
  'job.cancel': 'cancel',
  'job.ended': 'progress',
};

/** Carries committed announcements outside, at least once. Today all become hints; a row nobody knows is dropped. */
export class OutboxRelay {
  private isBusy = false;

  constructor(
    private readonly engine: EngineRepository,
    private readonly hints: Pick<Hints, 'say'>,
  ) {}

  /** @returns how many rows were delivered */
  async tick(): Promise<number> {
    if (this.isBusy) return 0;
    this.isBusy = true;
    try {
      const rows = await this.engine.claimOutbox(CHUNK, LEASE_SECONDS);
      for (const row of rows) {
        const kind = KIND_OF[row.topic];
        if (kind !== undefined && row.subject !== null)
          this.hints.say({ kind, tenantId: row.tenantId, jobId: row.subject });
      }
      if (rows.length > 0) await this.engine.outboxDone(rows);
      return rows.length;
    } finally {
      this.isBusy = false;
    }
  }
}
