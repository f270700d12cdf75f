import type { DefinerFunction } from './definer-function.ts';

const callers = ['app_rw'];

/**
 * Sign-in sessions. A session is a family of refresh tokens, each used once; the first row of a family is its lock.
 */
export const SESSION_FUNCTIONS: readonly DefinerFunction[] = [
  {
    name: 'sessions_of',
    args: 'p_user uuid',
    returns: `TABLE (family uuid, tenant_id uuid, started_at timestamptz, last_used_at timestamptz,
      expires_at timestamptz, address text, user_agent text)`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT s.family, s.active_tenant, s.family_started_at, s.issued_at, s.expires_at, s.address,
          s.user_agent
        FROM (SELECT DISTINCT ON (f.family) f.* FROM drm.refresh_token f WHERE f.user_id = p_user
              ORDER BY f.family, f.n DESC) s
        WHERE s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
        ORDER BY s.issued_at DESC, s.family;
    END`,
  },
  {
    name: 'open_session',
    args: `p_id uuid, p_family uuid, p_user uuid, p_tenant uuid, p_hash bytea, p_idle_seconds int,
      p_absolute_seconds int, p_address text, p_user_agent text, p_max int`,
    returns: 'boolean',
    callers,
    // The person's row is locked, so that two sign-ins at once cannot both be the last one allowed.
    body: `BEGIN
      PERFORM 1 FROM drm.app_user WHERE id = p_user AND status = 'active' FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      INSERT INTO drm.refresh_token (id, family, n, user_id, active_tenant, hash, issued_at, expires_at,
          family_started_at, address, user_agent)
        VALUES (p_id, p_family, 1, p_user, p_tenant, p_hash, clock_timestamp(),
          clock_timestamp() + make_interval(secs => least(p_idle_seconds, p_absolute_seconds)), clock_timestamp(),
          p_address, p_user_agent);
      UPDATE drm.refresh_token SET revoked_at = clock_timestamp()
        WHERE user_id = p_user AND revoked_at IS NULL AND family IN (
          SELECT s.family FROM identity.sessions_of(p_user) s ORDER BY s.started_at DESC, s.family DESC OFFSET p_max);
      UPDATE drm.app_user SET last_login_at = clock_timestamp() WHERE id = p_user;
      RETURN true;
    END`,
  },
  {
    name: 'rotate_session',
    args: `p_hash bytea, p_id uuid, p_new_hash bytea, p_sealed bytea, p_grace_seconds int, p_idle_seconds int,
      p_absolute_seconds int, p_address text, p_user_agent text`,
    returns: 'TABLE (outcome text, user_id uuid, family uuid, tenant_id uuid, sealed bytea)',
    callers,
    body: `DECLARE
      tok drm.refresh_token;
      newest int;
      fate text;
    BEGIN
      SELECT * INTO tok FROM drm.refresh_token t WHERE t.hash = p_hash;
      IF NOT FOUND THEN RETURN QUERY SELECT 'unknown', NULL::uuid, NULL::uuid, NULL::uuid, NULL::bytea; RETURN; END IF;
      PERFORM 1 FROM drm.refresh_token t WHERE t.family = tok.family AND t.n = 1 FOR UPDATE;
      SELECT * INTO tok FROM drm.refresh_token t WHERE t.hash = p_hash;
      SELECT max(t.n) INTO newest FROM drm.refresh_token t WHERE t.family = tok.family;
      IF tok.revoked_at IS NOT NULL THEN
        fate := 'ended';
      ELSIF tok.n = newest AND tok.used_at IS NULL THEN
        IF tok.expires_at <= clock_timestamp() THEN
          fate := 'expired';
        ELSE
          fate := 'rotated';
          UPDATE drm.refresh_token t SET successor_sealed = NULL
            WHERE t.family = tok.family AND t.successor_sealed IS NOT NULL;
          UPDATE drm.refresh_token t SET used_at = clock_timestamp(), successor_sealed = p_sealed WHERE t.id = tok.id;
          INSERT INTO drm.refresh_token (id, family, n, user_id, active_tenant, hash, issued_at, expires_at,
              family_started_at, address, user_agent)
            VALUES (p_id, tok.family, tok.n + 1, tok.user_id, tok.active_tenant, p_new_hash, clock_timestamp(),
              least(clock_timestamp() + make_interval(secs => p_idle_seconds),
                tok.family_started_at + make_interval(secs => p_absolute_seconds)),
              tok.family_started_at, p_address, p_user_agent);
        END IF;
      ELSIF tok.n = newest - 1 AND tok.successor_sealed IS NOT NULL
          AND tok.used_at >= clock_timestamp() - make_interval(secs => p_grace_seconds) THEN
        fate := 'repeated';
      ELSE
        fate := 'reused';
        UPDATE drm.refresh_token t SET revoked_at = clock_timestamp()
          WHERE t.family = tok.family AND t.revoked_at IS NULL;
      END IF;
      RETURN QUERY SELECT fate, tok.user_id, tok.family, tok.active_tenant,
        CASE WHEN fate = 'repeated' THEN tok.successor_sealed END;
    END`,
  },
  {
    name: 'move_session',
    args: 'p_user uuid, p_family uuid, p_tenant uuid',
    returns: 'boolean',
    callers,
    body: `BEGIN
      PERFORM 1 FROM drm.refresh_token t WHERE t.family = p_family AND t.n = 1 AND t.user_id = p_user FOR UPDATE;
      UPDATE drm.refresh_token SET active_tenant = p_tenant
        WHERE family = p_family AND user_id = p_user AND revoked_at IS NULL
          AND n = (SELECT max(t.n) FROM drm.refresh_token t WHERE t.family = p_family);
      RETURN FOUND;
    END`,
  },
  {
    name: 'end_session_of_token',
    args: 'p_hash bytea',
    returns: 'TABLE (user_id uuid, family uuid, tenant_id uuid)',
    callers,
    body: `DECLARE tok drm.refresh_token;
    BEGIN
      SELECT * INTO tok FROM drm.refresh_token t WHERE t.hash = p_hash;
      IF NOT FOUND THEN RETURN; END IF;
      UPDATE drm.refresh_token t SET revoked_at = clock_timestamp()
        WHERE t.family = tok.family AND t.revoked_at IS NULL;
      IF FOUND THEN RETURN QUERY SELECT tok.user_id, tok.family, tok.active_tenant; END IF;
    END`,
  },
  {
    name: 'end_session',
    args: 'p_user uuid, p_family uuid',
    returns: 'boolean',
    callers,
    body: `BEGIN
      UPDATE drm.refresh_token SET revoked_at = clock_timestamp()
        WHERE family = p_family AND user_id = p_user AND revoked_at IS NULL;
      RETURN FOUND;
    END`,
  },
  {
    name: 'end_sessions',
    args: 'p_user uuid',
    returns: 'int',
    callers,
    body: `DECLARE ended int;
    BEGIN
      SELECT count(*)::int INTO ended FROM identity.sessions_of(p_user);
      UPDATE drm.refresh_token SET revoked_at = clock_timestamp() WHERE user_id = p_user AND revoked_at IS NULL;
      UPDATE drm.app_user SET session_version = session_version + 1 WHERE id = p_user;
      RETURN ended;
    END`,
  },
  {
    name: 'purge_sessions',
    args: 'p_limit int',
    returns: 'int',
    callers: ['app_worker'],
    // Used tokens stay as long as their family lives: only so is a stolen old one noticed.
    body: `DECLARE gone int;
    BEGIN
      DELETE FROM drm.one_time_link WHERE expires_at < now() - interval '7 days';
      DELETE FROM drm.refresh_token WHERE id IN (
        SELECT t.id FROM drm.refresh_token t WHERE t.expires_at < now() - interval '1 day' AND NOT EXISTS (
          SELECT 1 FROM drm.refresh_token other
          WHERE other.family = t.family AND other.expires_at >= now() - interval '1 day') LIMIT p_limit);
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END`,
  },
];
