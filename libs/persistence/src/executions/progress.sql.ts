// Hot statements of the engine compare with `(SELECT $1::uuid)`: a tenant the planner sees as a literal and does not
// find in its statistics, such as a new one, is taken for a tenant without rows, and every batch then reads all of its
// executions (seen: three times the processor time). For rows they name by key they write `status || '' = …`: no partial
// index fits that, so the primary key is used and not the dead entries of an index that turns over all the time.

/**
 * Adds up counters of one tenant's jobs. `rows` yields (job_id, status, n). Rows go in key order and one transaction
 * uses one shard, so that two transactions which meet wait for each other in the same order.
 */
export const countProgress = (rows: string, shard: string): string => `
  INSERT INTO drm.job_progress AS p (tenant_id, job_id, shard, status, n)
  SELECT $1::uuid, c.job_id, ${shard}, c.status, sum(c.n)::bigint FROM (${rows}) c
  GROUP BY 2, 4 HAVING sum(c.n) <> 0 ORDER BY 2, 4
  ON CONFLICT (tenant_id, job_id, shard, status) DO UPDATE SET n = p.n + excluded.n`;

const SHARDS = 16;

/** Counters are split so that parallel finishes of one job do not wait for one row. */
export const anyShard = (): number => Math.floor(Math.random() * SHARDS);
