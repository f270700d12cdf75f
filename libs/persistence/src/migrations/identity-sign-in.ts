import type { DefinerFunction } from './definer-function.ts';

const callers = ['app_rw'];

/** Look-ups before a tenant is known, and the check behind every access token. */
export const SIGN_IN_FUNCTIONS: readonly DefinerFunction[] = [
  {
    name: 'resolve_login',
    args: 'p_email_key text',
    returns: `TABLE (user_id uuid, email text, display_name text, password_hash text, status text,
      platform_admin boolean, session_version int)`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT u.id, u.email, u.display_name, u.password_hash, u.status, u.platform_admin, u.session_version
        FROM drm.app_user u WHERE u.email_key = p_email_key;
    END`,
  },
  {
    name: 'resolve_person',
    args: 'p_user uuid',
    returns: `TABLE (user_id uuid, email text, display_name text, password_hash text, status text,
      platform_admin boolean, session_version int)`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT u.id, u.email, u.display_name, u.password_hash, u.status, u.platform_admin, u.session_version
        FROM drm.app_user u WHERE u.id = p_user;
    END`,
  },
  {
    name: 'memberships_of',
    args: 'p_user uuid',
    returns: `TABLE (tenant_id uuid, slug text, name text, tenant_status text, status text, role_id text,
      permissions text[])`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT m.tenant_id, t.slug, t.name, t.status, m.status, m.role_id, r.permissions
        FROM drm.membership m
        JOIN drm.tenant t ON t.tenant_id = m.tenant_id
        JOIN drm.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
        WHERE m.user_id = p_user ORDER BY t.name, t.tenant_id LIMIT 500;
    END`,
  },
  {
    name: 'session_state',
    args: 'p_user uuid, p_family uuid, p_tenant uuid',
    returns: `TABLE (email text, display_name text, status text, platform_admin boolean, session_version int,
      session_live boolean, tenant_slug text, tenant_name text, tenant_status text, member_status text, role_id text,
      permissions text[])`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT u.email, u.display_name, u.status, u.platform_admin, u.session_version,
          EXISTS (SELECT 1 FROM (SELECT f.revoked_at, f.expires_at FROM drm.refresh_token f
            WHERE f.family = p_family AND f.user_id = p_user ORDER BY f.n DESC LIMIT 1) newest
            WHERE newest.revoked_at IS NULL AND newest.expires_at > clock_timestamp()),
          t.slug, t.name, t.status, m.status, m.role_id, r.permissions
        FROM drm.app_user u
        JOIN drm.tenant t ON t.tenant_id = p_tenant
        LEFT JOIN drm.membership m ON m.tenant_id = p_tenant AND m.user_id = u.id
        LEFT JOIN drm.role r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
        WHERE u.id = p_user;
    END`,
  },
  {
    name: 'resolve_api_key',
    args: 'p_prefix text',
    returns: `TABLE (tenant_id uuid, tenant_slug text, tenant_name text, tenant_status text, id uuid, name text,
      hash bytea, permissions text[], expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz)`,
    callers,
    body: `BEGIN
      RETURN QUERY SELECT k.tenant_id, t.slug, t.name, t.status, k.id, k.name, k.hash, k.permissions, k.expires_at,
          k.revoked_at, k.last_used_at
        FROM drm.api_key k JOIN drm.tenant t ON t.tenant_id = k.tenant_id WHERE k.prefix = p_prefix;
    END`,
  },
  {
    name: 'upgrade_password',
    args: 'p_user uuid, p_old text, p_new text',
    returns: 'void',
    callers,
    body: `BEGIN
      UPDATE drm.app_user SET password_hash = p_new WHERE id = p_user AND password_hash = p_old;
    END`,
  },
  {
    name: 'set_password',
    args: 'p_user uuid, p_hash text, p_keep_family uuid',
    returns: 'void',
    callers,
    body: `BEGIN
      UPDATE drm.app_user SET password_hash = p_hash WHERE id = p_user AND status = 'active';
      UPDATE drm.refresh_token SET revoked_at = clock_timestamp()
        WHERE user_id = p_user AND revoked_at IS NULL AND family IS DISTINCT FROM p_keep_family;
      UPDATE drm.one_time_link SET used_at = clock_timestamp() WHERE user_id = p_user AND used_at IS NULL;
    END`,
  },
];
