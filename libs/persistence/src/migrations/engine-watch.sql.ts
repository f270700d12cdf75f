import { ENGINE_FUNCTION } from './engine-dispatch.sql.ts';

/** Jobs whose last execution has ended, seen from committed counters. Any number of processes may call it. */
export const END_JOBS = `
CREATE FUNCTION engine.jobs_to_end(p_limit int) RETURNS TABLE (tenant_id uuid, job_id uuid) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT j.tenant_id, j.id FROM job j WHERE j.state = 'open' AND NOT EXISTS (
      SELECT 1 FROM job_progress p WHERE p.tenant_id = j.tenant_id AND p.job_id = j.id
        AND p.status IN ('queued', 'waiting', 'dispatched', 'running')
      GROUP BY p.status HAVING sum(p.n) <> 0)
    LIMIT p_limit;
END $$;

CREATE FUNCTION engine.expanding_jobs(p_limit int) RETURNS TABLE (tenant_id uuid, job_id uuid) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT j.tenant_id, j.id FROM job j WHERE j.state = 'expanding' ORDER BY j.created_at LIMIT p_limit;
END $$;`;

export const LEDGER = `
CREATE FUNCTION engine.ledger(p_recent_seconds float8) RETURNS TABLE (jobs int, gaps int, gap bigint) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH checked AS (
    SELECT j.target_count - coalesce((SELECT sum(p.n) FROM job_progress p
      WHERE p.tenant_id = j.tenant_id AND p.job_id = j.id), 0) AS gap
    FROM job j WHERE j.state = 'open' OR (j.state = 'ended' AND j.ended_at > now() - make_interval(secs => p_recent_seconds)))
  SELECT count(*)::int, (count(*) FILTER (WHERE c.gap <> 0))::int, coalesce(sum(abs(c.gap)), 0)::bigint FROM checked c;
END $$;

-- Compares the counters of a job with its rows; the rows are right.
CREATE FUNCTION engine.recount(p_tenant uuid, p_job uuid) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_wrong int;
BEGIN
  WITH rows AS (SELECT e.status, count(*) AS n FROM execution e WHERE e.tenant_id = p_tenant AND e.job_id = p_job GROUP BY 1),
  counters AS (SELECT p.status, sum(p.n) AS n FROM job_progress p WHERE p.tenant_id = p_tenant AND p.job_id = p_job GROUP BY 1)
  SELECT count(*) INTO v_wrong FROM rows r FULL JOIN counters c ON c.status = r.status
    WHERE coalesce(r.n, 0) <> coalesce(c.n, 0);
  RETURN v_wrong;
END $$;`;

export const STATS = `
CREATE FUNCTION engine.stats() RETURNS TABLE (affinity text, status text, n bigint) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT j.affinity, p.status, sum(p.n)::bigint
    FROM job j JOIN job_progress p ON p.tenant_id = j.tenant_id AND p.job_id = j.id
    WHERE j.state IN ('expanding', 'open') AND p.status IN ('queued', 'waiting', 'dispatched', 'running')
    GROUP BY 1, 2;
END $$;

CREATE FUNCTION engine.oldest_queued(p_affinity text) RETURNS float8 ${ENGINE_FUNCTION} SET enable_sort = off AS $$
DECLARE v_oldest timestamptz;
BEGIN
  WITH RECURSIVE t AS (
    (SELECT e.tenant_id, e.priority FROM execution e WHERE e.affinity = p_affinity AND e.status = 'queued'
     ORDER BY e.tenant_id, e.priority LIMIT 1)
    UNION ALL
    SELECT n.tenant_id, n.priority FROM t CROSS JOIN LATERAL (
      SELECT e.tenant_id, e.priority FROM execution e WHERE e.affinity = p_affinity AND e.status = 'queued'
        AND (e.tenant_id, e.priority) > (t.tenant_id, t.priority) ORDER BY e.tenant_id, e.priority LIMIT 1) n)
  SELECT min(o.ready_at) INTO v_oldest FROM t CROSS JOIN LATERAL (
    SELECT e.ready_at FROM execution e WHERE e.affinity = p_affinity AND e.status = 'queued'
      AND e.tenant_id = t.tenant_id AND e.priority = t.priority ORDER BY e.ready_at LIMIT 1) o;
  RETURN coalesce(extract(epoch FROM clock_timestamp() - v_oldest), 0);
END $$;

CREATE FUNCTION engine.tenants_with_work(p_kind text) RETURNS TABLE (tenant_id uuid) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  IF p_kind = 'ended-jobs' THEN
    RETURN QUERY SELECT l.tenant_id FROM tenant_limit l
      WHERE EXISTS (SELECT 1 FROM job j WHERE j.tenant_id = l.tenant_id AND j.state = 'ended');
  ELSE
    RETURN QUERY SELECT l.tenant_id FROM tenant_limit l
      WHERE EXISTS (SELECT 1 FROM job j WHERE j.tenant_id = l.tenant_id AND j.state IN ('expanding', 'open'));
  END IF;
END $$;`;

export const OUTBOX = `
CREATE FUNCTION engine.claim_outbox(p_limit int, p_seconds float8)
RETURNS TABLE (tenant_id uuid, id uuid, topic text, subject text, tries int) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH due AS (
    SELECT o.tenant_id, o.id FROM outbox o
    WHERE o.done_at IS NULL AND (o.claimed_until IS NULL OR o.claimed_until < now())
    ORDER BY o.created_at LIMIT p_limit FOR UPDATE SKIP LOCKED)
  UPDATE outbox o SET claimed_until = now() + make_interval(secs => p_seconds), tries = o.tries + 1
  FROM due d WHERE o.tenant_id = d.tenant_id AND o.id = d.id
  RETURNING o.tenant_id, o.id, o.topic, o.payload ->> 'jobId', o.tries::int;
END $$;

CREATE FUNCTION engine.outbox_done(p_tenants uuid[], p_ids uuid[]) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_n int;
BEGIN
  DELETE FROM outbox o USING unnest(p_tenants, p_ids) d (t, i) WHERE o.tenant_id = d.t AND o.id = d.i;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;

CREATE FUNCTION engine.outbox_age() RETURNS float8 ${ENGINE_FUNCTION} AS $$
DECLARE v_oldest timestamptz;
BEGIN
  SELECT o.created_at INTO v_oldest FROM outbox o WHERE o.done_at IS NULL ORDER BY o.created_at LIMIT 1;
  RETURN coalesce(extract(epoch FROM clock_timestamp() - v_oldest), 0);
END $$;`;
