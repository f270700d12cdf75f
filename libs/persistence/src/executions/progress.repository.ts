import type { TenantTx } from '../tenancy/tenant-tx.ts';
import { jsonText } from './json-text.ts';

/** How far an execution is, as its protocol counts. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number | undefined;
}

export interface ProgressNote {
  readonly executionId: string;
  readonly fence: string;
  readonly progress: Progress;
}

/** Tells on the timeline how far executions are. */
export class ProgressRepository {
  /**
   * Fenced. A row that somebody has locked is left out: what happens to it says more, and nothing waits for news.
   */
  async tell(tx: TenantTx, notes: readonly ProgressNote[]): Promise<void> {
    await tx.execute(
      `WITH said AS (SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::text[]) s (id, fence, data)),
       mine AS (
         SELECT e.id, s.data FROM said s JOIN drm.execution e ON e.tenant_id = (SELECT $1::uuid) AND e.id = s.id
         WHERE e.fence = s.fence AND e.status || '' = 'running' FOR UPDATE OF e SKIP LOCKED),
       counted AS (
         UPDATE drm.execution e SET event_seq = e.event_seq + 1 FROM mine m
         WHERE e.tenant_id = (SELECT $1::uuid) AND e.id = m.id
         RETURNING e.job_id, e.id, e.event_seq, m.data)
       INSERT INTO drm.execution_event (tenant_id, job_id, execution_id, seq, kind, data)
       SELECT $1, c.job_id, c.id, c.event_seq, 'progress', c.data::jsonb FROM counted c`,
      [
        tx.tenantId,
        notes.map((note) => note.executionId),
        notes.map((note) => note.fence),
        notes.map(({ progress }) => jsonText({ ...progress })),
      ],
    );
  }
}
