import type { DefinerFunction } from './definer-function.ts';

const callers = ['app_rw'];

/** People as members of the current tenant, and the one-time links that let them in. */
export const PEOPLE_FUNCTIONS: readonly DefinerFunction[] = [
  {
    name: 'members',
    args: 'p_user uuid, p_query text, p_status text, p_after text, p_limit int',
    returns: `TABLE (user_id uuid, email text, email_key text, display_name text, status text, role_id text,
      role_name text, permissions text[], platform_admin boolean, last_login_at timestamptz, created_at timestamptz,
      version int)`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT * FROM (
        SELECT u.id, u.email, u.email_key, u.display_name,
          CASE WHEN m.status = 'disabled' OR u.status = 'disabled' THEN 'disabled' ELSE u.status END AS state,
          m.role_id, r.name, r.permissions, u.platform_admin, u.last_login_at, m.created_at, m.version
        FROM drm.membership m
        JOIN drm.app_user u ON u.id = m.user_id
        JOIN drm.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
        WHERE m.tenant_id = identity.current_tenant()
          AND (p_user IS NULL OR m.user_id = p_user)
          AND (p_after IS NULL OR u.email_key > p_after)
          AND (p_query IS NULL OR position(lower(p_query) IN u.email_key) > 0
            OR position(lower(p_query) IN lower(u.display_name)) > 0)) member
        WHERE p_status IS NULL OR member.state = p_status
        ORDER BY member.email_key LIMIT least(p_limit, 1000);
    END`,
  },
  {
    name: 'create_person',
    args: 'p_id uuid, p_email text, p_email_key text, p_name text',
    returns: 'TABLE (user_id uuid, status text, is_new boolean)',
    callers,
    body: `DECLARE made uuid;
    BEGIN
      PERFORM identity.current_tenant();
      INSERT INTO drm.app_user (id, email, email_key, display_name) VALUES (p_id, p_email, p_email_key, p_name)
        ON CONFLICT (email_key) DO NOTHING RETURNING id INTO made;
      RETURN QUERY SELECT u.id, u.status, made IS NOT NULL FROM drm.app_user u WHERE u.email_key = p_email_key;
    END`,
  },
  {
    name: 'create_link',
    args: 'p_id uuid, p_hash bytea, p_user uuid, p_purpose text, p_seconds int, p_by_platform boolean',
    returns: 'timestamptz',
    callers,
    // Whoever holds the link becomes that person. So a tenant gets one only for people who belong to nobody else.
    body: `DECLARE until timestamptz := clock_timestamp() + make_interval(secs => p_seconds);
    BEGIN
      PERFORM 1 FROM drm.app_user u WHERE u.id = p_user AND u.status <> 'disabled' AND EXISTS (
          SELECT 1 FROM drm.membership m WHERE m.tenant_id = identity.current_tenant() AND m.user_id = u.id)
        AND (p_by_platform OR NOT (u.platform_admin OR EXISTS (
          SELECT 1 FROM drm.membership m WHERE m.user_id = u.id AND m.tenant_id <> identity.current_tenant())))
        FOR UPDATE;
      IF NOT FOUND THEN RETURN NULL; END IF;
      UPDATE drm.one_time_link SET used_at = clock_timestamp() WHERE user_id = p_user AND used_at IS NULL;
      INSERT INTO drm.one_time_link (id, hash, user_id, purpose, expires_at)
        VALUES (p_id, p_hash, p_user, p_purpose, until);
      RETURN until;
    END`,
  },
  {
    name: 'resolve_link',
    args: 'p_hash bytea',
    returns: 'TABLE (user_id uuid, email text, display_name text, purpose text)',
    callers,
    body: `BEGIN
      RETURN QUERY SELECT u.id, u.email, u.display_name, l.purpose
        FROM drm.one_time_link l JOIN drm.app_user u ON u.id = l.user_id
        WHERE l.hash = p_hash AND l.used_at IS NULL AND l.expires_at > clock_timestamp() AND u.status <> 'disabled';
    END`,
  },
  {
    name: 'consume_link',
    args: 'p_hash bytea, p_password_hash text, p_name text',
    returns: 'TABLE (user_id uuid, purpose text)',
    callers,
    body: `DECLARE link drm.one_time_link;
    BEGIN
      UPDATE drm.one_time_link l SET used_at = clock_timestamp()
        WHERE l.hash = p_hash AND l.used_at IS NULL AND l.expires_at > clock_timestamp() RETURNING l.* INTO link;
      IF NOT FOUND THEN RETURN; END IF;
      UPDATE drm.app_user u SET password_hash = p_password_hash, status = 'active',
          display_name = coalesce(p_name, u.display_name), session_version = u.session_version + 1
        WHERE u.id = link.user_id AND u.status <> 'disabled';
      IF NOT FOUND THEN RETURN; END IF;
      UPDATE drm.refresh_token t SET revoked_at = clock_timestamp()
        WHERE t.user_id = link.user_id AND t.revoked_at IS NULL;
      UPDATE drm.one_time_link l SET used_at = clock_timestamp() WHERE l.user_id = link.user_id AND l.used_at IS NULL;
      RETURN QUERY SELECT link.user_id, link.purpose;
    END`,
  },
  {
    name: 'set_platform_admin',
    args: 'p_user uuid, p_value boolean',
    returns: 'boolean',
    callers,
    // False when it would take the right from the last person who has it.
    body: `BEGIN
      PERFORM 1 FROM drm.membership m WHERE m.tenant_id = identity.current_tenant() AND m.user_id = p_user;
      IF NOT FOUND THEN RETURN false; END IF;
      PERFORM 1 FROM drm.app_user u WHERE u.platform_admin ORDER BY u.id FOR UPDATE;
      IF NOT p_value AND NOT EXISTS (SELECT 1 FROM drm.app_user u
          WHERE u.platform_admin AND u.status = 'active' AND u.id <> p_user) THEN RETURN false; END IF;
      UPDATE drm.app_user SET platform_admin = p_value WHERE id = p_user;
      RETURN FOUND;
    END`,
  },
];
