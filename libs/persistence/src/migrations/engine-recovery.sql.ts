import { countProgress, ENGINE_FUNCTION, statusIs } from './engine-dispatch.sql.ts';

/**
 * What died comes back. A dispatched execution nobody began is queued again and keeps its attempt; a running one whose
 * lease and grace are over goes back in mode `verify`, and after three crashes it fails as poison.
 */
export const REAP = `
CREATE FUNCTION engine.reap(p_dispatch_seconds float8, p_grace_seconds float8, p_limit int DEFAULT 1000)
RETURNS TABLE (late int, crashed int, poisoned int) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
DECLARE v_t uuid[]; v_e uuid[]; v_lt uuid[]; v_ld uuid[]; v_pt uuid[]; v_pd uuid[];
  v_shard smallint := floor(random() * 16); v_late int; v_crashed int; v_poisoned int;
BEGIN
  SELECT array_agg(x.tenant_id), array_agg(x.id) INTO v_t, v_e FROM (
    (SELECT e.tenant_id, e.id FROM execution e WHERE e.status = 'dispatched'
       AND e.dispatched_at < now() - make_interval(secs => p_dispatch_seconds) ORDER BY e.dispatched_at LIMIT p_limit)
    UNION ALL
    (SELECT e.tenant_id, e.id FROM execution e WHERE e.status = 'running'
       AND e.lease_until < now() - make_interval(secs => p_grace_seconds) ORDER BY e.lease_until LIMIT p_limit)) x;
  IF v_t IS NULL THEN RETURN QUERY SELECT 0, 0, 0; RETURN; END IF;

  SELECT array_agg(x.tenant_id), array_agg(x.device_id) INTO v_lt, v_ld FROM (
    SELECT l.tenant_id, l.device_id FROM device_lease l
    JOIN (SELECT DISTINCT e.tenant_id, e.device_id FROM unnest(v_t, v_e) w (t, e)
          JOIN execution e ON e.tenant_id = w.t AND e.id = w.e) d
      ON d.tenant_id = l.tenant_id AND d.device_id = l.device_id
    FOR UPDATE OF l SKIP LOCKED) x;

  WITH want AS (
    SELECT e.tenant_id, e.id FROM unnest(v_t, v_e) w (t, e) JOIN execution e ON e.tenant_id = w.t AND e.id = w.e
    LEFT JOIN unnest(v_lt, v_ld) l (t, d) ON l.t = e.tenant_id AND l.d = e.device_id
    WHERE l.d IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM device_lease d WHERE d.tenant_id = e.tenant_id AND d.device_id = e.device_id)),
  late AS (
    UPDATE execution e SET status = 'queued', dispatched_at = NULL FROM want w
    WHERE e.tenant_id = w.tenant_id AND e.id = w.id AND e.status = 'dispatched'
      AND e.dispatched_at < now() - make_interval(secs => p_dispatch_seconds)
    RETURNING e.tenant_id, e.job_id),
  crashed AS (
    UPDATE execution e SET crashes = e.crashes + 1, mode = 'verify', lease_until = NULL, holder = NULL,
      event_seq = e.event_seq + 1, ready_at = now(),
      status = CASE WHEN e.cancel_requested THEN 'cancelled' WHEN e.crashes + 1 >= 3 THEN 'failed' ELSE 'queued' END,
      ended_at = CASE WHEN e.cancel_requested OR e.crashes + 1 >= 3 THEN now() END,
      error_code = CASE WHEN e.crashes + 1 >= 3 AND NOT e.cancel_requested THEN 'poison' END,
      error = CASE WHEN e.crashes + 1 >= 3 AND NOT e.cancel_requested THEN jsonb_build_object(
        'class', 'engine', 'code', 'poison', 'message', 'Three runners in a row died or hung while they ran this.',
        'hint', 'Look at the log of the last runner before you run it again.', 'native', e.holder, 'path', NULL) END
    FROM want w
    WHERE e.tenant_id = w.tenant_id AND e.id = w.id AND e.status = 'running'
      AND e.lease_until < now() - make_interval(secs => p_grace_seconds)
    RETURNING e.tenant_id, e.job_id, e.id, e.device_id, e.status, e.event_seq, e.attempt, e.error_code, e.crashes),
  told AS (
    INSERT INTO execution_event (tenant_id, job_id, execution_id, seq, kind, data)
    SELECT c.tenant_id, c.job_id, c.id, c.event_seq, c.status,
           jsonb_strip_nulls(jsonb_build_object('deviceId', c.device_id, 'attempt', c.attempt, 'code', c.error_code,
             'crashes', c.crashes, 'cause', 'lease_expired'))
    FROM crashed c),
  counted AS (${countProgress(
    `SELECT l.tenant_id, l.job_id, s.status, s.n FROM late l
       CROSS JOIN (VALUES ('dispatched', -1), ('queued', 1)) s (status, n)
     UNION ALL SELECT c.tenant_id, c.job_id, 'running', -1 FROM crashed c
     UNION ALL SELECT c.tenant_id, c.job_id, c.status, 1 FROM crashed c`,
    'v_shard',
  )})
  SELECT (SELECT count(*) FROM late), (SELECT count(*) FROM crashed WHERE status = 'queued'),
         (SELECT count(*) FROM crashed WHERE status = 'failed'),
         (SELECT array_agg(c.tenant_id) FROM crashed c WHERE c.status <> 'queued' AND c.device_id IS NOT NULL),
         (SELECT array_agg(c.device_id) FROM crashed c WHERE c.status <> 'queued' AND c.device_id IS NOT NULL)
    INTO v_late, v_crashed, v_poisoned, v_pt, v_pd;
  IF v_pt IS NOT NULL THEN PERFORM engine.unpark(v_pt, v_pd, v_shard); END IF;
  RETURN QUERY SELECT v_late, v_crashed, v_poisoned;
END $$;`;

/**
 * Ends what did not begin in time. All executions of a job expire together, so the job's index finds them.
 * An effect nobody could verify until then has failed.
 */
export const EXPIRE = `
CREATE FUNCTION engine.expire(p_limit int) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_job record; v_e uuid[]; v_d uuid[]; v_done int := 0; v_n int; v_shard smallint := floor(random() * 16);
BEGIN
  FOR v_job IN SELECT j.tenant_id, j.id FROM job j WHERE j.state <> 'ended' AND j.expires_at <= now()
               ORDER BY j.expires_at LIMIT 200
  LOOP
    EXIT WHEN v_done >= p_limit;
    SELECT array_agg(x.id), array_agg(x.device_id) INTO v_e, v_d FROM (
      SELECT e.id, e.device_id FROM execution e WHERE e.tenant_id = v_job.tenant_id AND e.job_id = v_job.id
        AND e.status IN ('queued', 'waiting') LIMIT p_limit - v_done) x;
    CONTINUE WHEN v_e IS NULL;
    v_n := engine.end_waiting(v_job.tenant_id, v_e, v_d, 'expired', v_shard);
    v_done := v_done + v_n;
  END LOOP;
  RETURN v_done;
END $$;

CREATE FUNCTION engine.end_waiting(p_tenant uuid, p_executions uuid[], p_devices uuid[], p_status text, p_shard smallint)
RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_pd uuid[]; v_n int;
BEGIN
  PERFORM 1 FROM device_lease l WHERE l.tenant_id = p_tenant AND l.device_id = ANY (p_devices)
    ORDER BY l.device_id FOR UPDATE;
  WITH ended AS (
    UPDATE execution e SET status = CASE WHEN e.waiting_reason = 'effect_uncertain' AND p_status = 'expired' THEN 'failed' ELSE p_status END,
      error_code = CASE WHEN e.waiting_reason = 'effect_uncertain' AND p_status = 'expired' THEN 'effect_uncertain' ELSE e.error_code END,
      error = CASE WHEN e.waiting_reason = 'effect_uncertain' AND p_status = 'expired' THEN jsonb_build_object(
        'class', 'engine', 'code', 'effect_uncertain', 'message', 'Nobody could tell whether the change reached the device.',
        'hint', 'Read the device, then run the operation again if it is needed.', 'native', NULL, 'path', NULL) ELSE e.error END,
      waiting_reason = NULL, waiting_since = NULL, waiting_on = NULL, run_after = NULL, holds_device = false,
      ended_at = clock_timestamp(), event_seq = e.event_seq + 1
    FROM (SELECT o.tenant_id, o.id, o.status AS was FROM execution o WHERE o.tenant_id = p_tenant
            AND o.id = ANY (p_executions) AND o.status IN ('queued', 'waiting', 'dispatched') ORDER BY o.id FOR UPDATE) o
    WHERE e.tenant_id = o.tenant_id AND e.id = o.id
    RETURNING e.tenant_id, e.job_id, e.id, e.device_id, e.status, e.event_seq, e.attempt, e.error_code, o.was),
  told AS (
    INSERT INTO execution_event (tenant_id, job_id, execution_id, seq, kind, data)
    SELECT x.tenant_id, x.job_id, x.id, x.event_seq, x.status, jsonb_strip_nulls(jsonb_build_object(
      'deviceId', x.device_id, 'attempt', x.attempt, 'code', x.error_code)) FROM ended x),
  counted AS (${countProgress(
    `SELECT x.tenant_id, x.job_id, x.was AS status, -1 AS n FROM ended x
     UNION ALL SELECT x.tenant_id, x.job_id, x.status, 1 FROM ended x`,
    'p_shard',
  )})
  SELECT count(*), array_agg(DISTINCT x.device_id) FILTER (WHERE x.device_id IS NOT NULL) INTO v_n, v_pd FROM ended x;
  IF v_pd IS NOT NULL THEN
    PERFORM engine.unpark(array_fill(p_tenant, ARRAY[cardinality(v_pd)]), v_pd, p_shard);
  END IF;
  RETURN v_n;
END $$;

-- A chunk of a job that is being cancelled: what does not run ends, what runs is told by heartbeat.
CREATE FUNCTION engine.cancel_chunk(p_limit int) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_job record; v_e uuid[]; v_d uuid[]; v_done int := 0; v_shard smallint := floor(random() * 16);
BEGIN
  FOR v_job IN SELECT j.tenant_id, j.id FROM job j WHERE j.cancelling AND j.state = 'open' ORDER BY j.tenant_id, j.id LIMIT 50
  LOOP
    EXIT WHEN v_done >= p_limit;
    SELECT array_agg(x.id), array_agg(x.device_id) INTO v_e, v_d FROM (
      SELECT e.id, e.device_id FROM execution e WHERE e.tenant_id = v_job.tenant_id AND e.job_id = v_job.id
        AND e.status IN ('queued', 'waiting', 'dispatched') LIMIT p_limit - v_done) x;
    CONTINUE WHEN v_e IS NULL;
    v_done := v_done + engine.end_waiting(v_job.tenant_id, v_e, v_d, 'cancelled', v_shard);
  END LOOP;
  RETURN v_done;
END $$;`;

export const HEARTBEAT = `
CREATE FUNCTION engine.heartbeat(p_holder text, p_tenants uuid[], p_ids uuid[], p_fences bigint[], p_seconds float8[])
RETURNS TABLE (execution_id uuid, cancel boolean) ${ENGINE_FUNCTION} AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM device_lease l
    JOIN (SELECT e.tenant_id, e.device_id FROM unnest(p_tenants, p_ids) w (t, e)
          JOIN execution e ON e.tenant_id = w.t AND e.id = w.e) d
      ON d.tenant_id = l.tenant_id AND d.device_id = l.device_id
    ORDER BY l.tenant_id, l.device_id FOR UPDATE OF l;
  RETURN QUERY
  WITH mine AS (
    UPDATE execution e SET lease_until = clock_timestamp() + make_interval(secs => w.s)
    FROM unnest(p_tenants, p_ids, p_fences, p_seconds) w (t, e, f, s)
    WHERE e.tenant_id = w.t AND e.id = w.e AND e.fence = w.f AND ${statusIs('e', 'running')} AND e.holder = p_holder
      AND e.lease_until > clock_timestamp()
    RETURNING e.tenant_id, e.id, e.job_id, e.device_id, e.fence, e.cancel_requested, e.lease_until),
  leased AS (
    UPDATE device_lease l SET until = m.lease_until FROM mine m
    WHERE l.tenant_id = m.tenant_id AND l.device_id = m.device_id AND l.fence = m.fence)
  SELECT m.id, m.cancel_requested OR j.cancelling OR coalesce(t.suspended, false)
  FROM mine m JOIN job j ON j.tenant_id = m.tenant_id AND j.id = m.job_id
  LEFT JOIN tenant_limit t ON t.tenant_id = m.tenant_id;
END $$;`;

/** A net below unpark: what waits for a device nobody holds or wants. Finds nothing while the engine is right. */
export const SWEEP = `
CREATE FUNCTION engine.sweep(p_limit int) RETURNS int ${ENGINE_FUNCTION} AS $$
DECLARE v_t uuid[]; v_d uuid[];
BEGIN
  SELECT array_agg(x.tenant_id), array_agg(x.device_id) INTO v_t, v_d FROM (
    SELECT DISTINCT e.tenant_id, e.device_id FROM execution e
    WHERE e.status = 'waiting' AND e.waiting_reason = 'device_busy' AND e.device_id IS NOT NULL
      AND e.waiting_since < now() - interval '10 seconds'
      AND NOT EXISTS (SELECT 1 FROM execution h WHERE h.tenant_id = e.tenant_id AND h.device_id = e.device_id
                        AND (h.status IN ('queued', 'dispatched', 'running') OR h.holds_device))
    LIMIT p_limit) x;
  IF v_t IS NULL THEN RETURN 0; END IF;
  PERFORM 1 FROM device_lease l JOIN unnest(v_t, v_d) x (t, d) ON l.tenant_id = x.t AND l.device_id = x.d
    ORDER BY l.tenant_id, l.device_id FOR UPDATE OF l;
  RETURN engine.unpark(v_t, v_d, floor(random() * 16)::smallint);
END $$;`;
