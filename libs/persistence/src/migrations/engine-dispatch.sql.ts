/**
 * Head of every function of the engine: it crosses tenants, so its owner, path and planner are fixed. Plans are cached
 * from a time when the tables may have been empty; every statement is written for index scans in order and nested
 * loops from short arrays, and nothing else may be chosen (seen: a pick that sorted 100,000 rows for each round).
 */
export const ENGINE_FUNCTION = `LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = drm, pg_temp SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off`;

/** For statements that must read an index in its order. Not where locks are taken in key order: that needs a sort. */
const IN_INDEX_ORDER = `${ENGINE_FUNCTION} SET enable_sort = off`;

/**
 * A status compared so that no partial index fits: rows named by their key are looked up by it, and not by a walk
 * through every queued row or the dead entries of an index that turns over many times a second.
 */
export const statusIs = (alias: string, status: string): string =>
  `${alias}.status || '' = '${status}'`;

/**
 * Adds up counters. `rows` yields (tenant_id, job_id, status, n). One shard a call, rows in key order: two
 * transactions that meet on a shard wait for each other in the same order.
 */
export const countProgress = (rows: string, shard: string): string => `
  INSERT INTO job_progress AS p (tenant_id, job_id, shard, status, n)
  SELECT c.tenant_id, c.job_id, ${shard}, c.status, sum(c.n) FROM (${rows}) c
  GROUP BY 1, 2, 4 HAVING sum(c.n) <> 0 ORDER BY 1, 2, 4
  ON CONFLICT (tenant_id, job_id, shard, status) DO UPDATE SET n = p.n + excluded.n`;

const HOLDS = `(h.status IN ('dispatched', 'running') OR h.holds_device)`;

/**
 * Tenant-fair pick (design: jobs, section 5). Statements are separate on purpose: each has its own snapshot, and the
 * one after the lease lock is what makes a double hold impossible.
 */
export const PICK = `
CREATE FUNCTION engine.pick(p_affinity text, p_window int, p_limit int DEFAULT 1000)
RETURNS TABLE (tenant_id uuid, execution_id uuid, device_id uuid, attempt int, correlation_id text)
${IN_INDEX_ORDER} AS $$
#variable_conflict use_column
DECLARE
  v_busy_tenant uuid[]; v_busy int[]; v_urgent int[]; v_total int; v_free int; v_tenants uuid[]; v_each float8;
  v_t uuid[]; v_e uuid[]; v_d uuid[]; v_held boolean[]; v_unleased boolean[];
  v_shard smallint := floor(random() * 16);
BEGIN
  IF NOT pg_try_advisory_xact_lock(5417010, hashtext(p_affinity)) THEN RETURN; END IF;
  SELECT array_agg(b.tenant_id), array_agg(b.n), array_agg(b.urgent), coalesce(sum(b.n), 0)
    INTO v_busy_tenant, v_busy, v_urgent, v_total
    FROM (SELECT x.tenant_id, count(*)::int AS n, (count(*) FILTER (WHERE x.priority = 0))::int AS urgent
          FROM ((SELECT e.tenant_id, e.priority FROM execution e
                 WHERE e.status = 'dispatched' AND e.affinity = p_affinity ORDER BY e.dispatched_at LIMIT 100000)
                UNION ALL
                (SELECT e.tenant_id, e.priority FROM execution e
                 WHERE e.status = 'running' AND e.affinity = p_affinity ORDER BY e.lease_until LIMIT 100000)) x
          GROUP BY x.tenant_id) b;
  v_free := least(p_limit, p_window - v_total);
  IF v_free <= 0 THEN RETURN; END IF;

  WITH RECURSIVE t AS (
    (SELECT e.tenant_id FROM execution e WHERE e.affinity = p_affinity AND e.status = 'queued'
     ORDER BY e.tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.tenant_id FROM execution e
            WHERE e.affinity = p_affinity AND e.status = 'queued' AND e.tenant_id > t.tenant_id
            ORDER BY e.tenant_id LIMIT 1)
    FROM t WHERE t.tenant_id IS NOT NULL)
  SELECT array_agg(l.tenant_id), 2.0 * v_free / sum(l.weight) INTO v_tenants, v_each
    FROM t JOIN tenant_limit l ON l.tenant_id = t.tenant_id WHERE NOT l.suspended;
  IF v_tenants IS NULL THEN RETURN; END IF;

  WITH share AS (
    SELECT l.tenant_id, l.weight, l.max_inflight, l.interactive_cap,
           coalesce(b.n, 0) AS busy, coalesce(b.urgent, 0) AS urgent
    FROM tenant_limit l LEFT JOIN unnest(v_busy_tenant, v_busy, v_urgent) b (id, n, urgent) ON b.id = l.tenant_id
    WHERE l.tenant_id = ANY (v_tenants)),
  head AS (
    SELECT q.*, s.weight, s.max_inflight, s.interactive_cap, s.busy, s.urgent,
           EXISTS (SELECT 1 FROM execution h
                   WHERE h.tenant_id = q.tenant_id AND h.device_id = q.device_id AND ${HOLDS}) AS held,
           NOT EXISTS (SELECT 1 FROM device_lease l
                       WHERE l.tenant_id = q.tenant_id AND l.device_id = q.device_id) AS unleased,
           row_number() OVER (PARTITION BY q.tenant_id, coalesce(q.device_id, q.id)
                              ORDER BY q.priority, q.ready_at, q.id) AS nth
    FROM share s CROSS JOIN LATERAL (
      SELECT e.tenant_id, e.id, e.device_id, e.priority, e.ready_at FROM execution e
      WHERE e.affinity = p_affinity AND e.tenant_id = s.tenant_id AND e.status = 'queued'
      ORDER BY e.priority, e.ready_at, e.id LIMIT greatest(8, ceil(v_each * s.weight))::bigint) q),
  ranked AS (
    SELECT h.*,
           h.busy + row_number() OVER (PARTITION BY h.tenant_id ORDER BY h.priority, h.ready_at, h.id) AS pos,
           h.urgent + row_number() OVER (PARTITION BY h.tenant_id, h.priority = 0
                                         ORDER BY h.priority, h.ready_at, h.id) AS urgent_pos
    FROM head h WHERE h.nth = 1 AND NOT h.held),
  chosen AS (
    SELECT r.tenant_id, r.id, r.device_id, false AS held, r.unleased FROM ranked r WHERE r.pos <= r.max_inflight
    ORDER BY (r.priority = 0 AND r.urgent_pos <= r.interactive_cap) DESC, r.pos / r.weight, r.id LIMIT v_free)
  SELECT array_agg(x.tenant_id), array_agg(x.id), array_agg(x.device_id), array_agg(x.held), array_agg(x.unleased)
    INTO v_t, v_e, v_d, v_held, v_unleased
    FROM (SELECT * FROM chosen
          UNION ALL SELECT h.tenant_id, h.id, h.device_id, true, false FROM head h WHERE h.held) x;
  IF v_t IS NULL THEN RETURN; END IF;

  SELECT array_agg(x.t), array_agg(x.e), array_agg(x.d), array_agg(x.held) INTO v_t, v_e, v_d, v_held
    FROM (SELECT p.t, p.e, p.d, p.held FROM unnest(v_t, v_e, v_d, v_held, v_unleased) p (t, e, d, held, unleased)
          WHERE p.unleased
          UNION ALL
          SELECT * FROM (
            SELECT p.t, p.e, p.d, p.held FROM unnest(v_t, v_e, v_d, v_held, v_unleased) p (t, e, d, held, unleased)
            JOIN device_lease l ON l.tenant_id = p.t AND l.device_id = p.d
            WHERE NOT p.unleased FOR UPDATE OF l SKIP LOCKED) locked) x;
  IF v_t IS NULL THEN RETURN; END IF;

  RETURN QUERY
  WITH want AS (SELECT p.t, p.e, p.d, p.held FROM unnest(v_t, v_e, v_d, v_held) p (t, e, d, held)),
  parked AS (
    UPDATE execution e SET status = 'waiting', waiting_reason = 'device_busy', waiting_since = now(), waiting_on = b.id
    FROM want w CROSS JOIN LATERAL (
      SELECT h.id FROM execution h WHERE h.tenant_id = w.t AND h.device_id = w.d AND ${HOLDS} LIMIT 1) b
    WHERE w.held AND e.tenant_id = w.t AND e.id = w.e AND ${statusIs('e', 'queued')}
    RETURNING e.tenant_id, e.job_id),
  dispatched AS (
    UPDATE execution e SET status = 'dispatched', dispatched_at = now()
    FROM want w, job j
    WHERE NOT w.held AND e.tenant_id = w.t AND e.id = w.e AND ${statusIs('e', 'queued')}
      AND j.tenant_id = e.tenant_id AND j.id = e.job_id AND NOT j.paused AND NOT j.cancelling
      AND NOT EXISTS (SELECT 1 FROM execution h WHERE h.tenant_id = w.t AND h.device_id = w.d AND ${HOLDS})
    RETURNING e.tenant_id, e.job_id, e.id, e.device_id, e.attempt, j.correlation_id),
  counted AS (${countProgress(
    `SELECT d.tenant_id, d.job_id, s.status, s.n FROM dispatched d
       CROSS JOIN (VALUES ('queued', -1), ('dispatched', 1)) s (status, n)
     UNION ALL SELECT d.tenant_id, d.job_id, s.status, s.n FROM parked d
       CROSS JOIN (VALUES ('queued', -1), ('waiting', 1)) s (status, n)`,
    'v_shard',
  )})
  SELECT d.tenant_id, d.id, d.device_id, d.attempt::int, d.correlation_id FROM dispatched d;
END $$;

CREATE FUNCTION engine.poll(p_affinity text, p_older_seconds float8, p_limit int)
RETURNS TABLE (tenant_id uuid, execution_id uuid, device_id uuid, attempt int, correlation_id text)
${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT e.tenant_id, e.id, e.device_id, e.attempt::int, j.correlation_id
    FROM execution e JOIN job j ON j.tenant_id = e.tenant_id AND j.id = e.job_id
    WHERE e.status = 'dispatched' AND e.affinity = p_affinity
      AND e.dispatched_at <= now() - make_interval(secs => p_older_seconds)
    ORDER BY e.dispatched_at LIMIT p_limit;
END $$;`;

/** Time lifts a wait. A paused job's executions keep waiting, for the pause. */
export const PROMOTE = `
CREATE FUNCTION engine.promote(p_limit int) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_done int; v_shard smallint := floor(random() * 16);
BEGIN
  WITH due AS (
    SELECT e.tenant_id, e.id, j.paused, j.paused_reason
    FROM execution e JOIN job j ON j.tenant_id = e.tenant_id AND j.id = e.job_id
    WHERE e.status = 'waiting' AND e.run_after IS NOT NULL AND e.run_after <= now()
    ORDER BY e.run_after LIMIT p_limit FOR UPDATE OF e SKIP LOCKED),
  held AS (
    UPDATE execution e SET waiting_reason = coalesce(d.paused_reason, 'job_paused'), waiting_since = now(), run_after = NULL
    FROM due d WHERE d.paused AND e.tenant_id = d.tenant_id AND e.id = d.id),
  lifted AS (
    UPDATE execution e SET status = 'queued', waiting_reason = NULL, waiting_since = NULL, waiting_on = NULL,
      run_after = NULL, ready_at = now()
    FROM due d WHERE NOT d.paused AND e.tenant_id = d.tenant_id AND e.id = d.id
    RETURNING e.tenant_id, e.job_id),
  counted AS (${countProgress(
    `SELECT l.tenant_id, l.job_id, s.status, s.n FROM lifted l
       CROSS JOIN (VALUES ('waiting', -1), ('queued', 1)) s (status, n)`,
    'v_shard',
  )})
  SELECT count(*) INTO v_done FROM lifted;
  RETURN v_done;
END $$;`;

/** Lets the next execution of each device go that waits for it. Call while the devices' lease rows are locked. */
export const UNPARK = `
CREATE FUNCTION engine.unpark(p_tenants uuid[], p_devices uuid[], p_shard smallint) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_done int;
BEGIN
  WITH next AS (
    SELECT n.tenant_id, n.id FROM unnest(p_tenants, p_devices) d (t, d)
    CROSS JOIN LATERAL (
      SELECT e.tenant_id, e.id FROM execution e
      WHERE e.tenant_id = d.t AND e.device_id = d.d AND e.status = 'waiting' AND e.waiting_reason = 'device_busy'
      ORDER BY e.priority, e.ready_at LIMIT 1) n),
  lifted AS (
    UPDATE execution e SET status = 'queued', waiting_reason = NULL, waiting_since = NULL, waiting_on = NULL
    FROM next n WHERE e.tenant_id = n.tenant_id AND e.id = n.id AND ${statusIs('e', 'waiting')}
    RETURNING e.tenant_id, e.job_id),
  counted AS (${countProgress(
    `SELECT l.tenant_id, l.job_id, s.status, s.n FROM lifted l
       CROSS JOIN (VALUES ('waiting', -1), ('queued', 1)) s (status, n)`,
    'p_shard',
  )})
  SELECT count(*) INTO v_done FROM lifted;
  RETURN v_done;
END $$;`;
