/**
 * Every function of schema `identity` that an app may call, and the role that may. The catalog test fails on a
 * function that is not in this list: each one crosses tenants, so each one must return the minimum.
 */
export const IDENTITY_DOORS: Readonly<Record<string, readonly string[]>> = {
  resolve_login: ['app_rw'],
  resolve_person: ['app_rw'],
  memberships_of: ['app_rw'],
  session_state: ['app_rw'],
  resolve_api_key: ['app_rw'],
  upgrade_password: ['app_rw'],
  set_password: ['app_rw'],
  sessions_of: ['app_rw'],
  open_session: ['app_rw'],
  rotate_session: ['app_rw'],
  move_session: ['app_rw'],
  end_session_of_token: ['app_rw'],
  end_session: ['app_rw'],
  end_sessions: ['app_rw'],
  purge_sessions: ['app_worker'],
  members: ['app_rw'],
  create_person: ['app_rw'],
  create_link: ['app_rw'],
  resolve_link: ['app_rw'],
  consume_link: ['app_rw'],
  set_platform_admin: ['app_rw'],
};
