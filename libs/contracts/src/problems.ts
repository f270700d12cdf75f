import * as z from 'zod';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Every error the API can answer: the stable code, its HTTP status, the level it is logged at and its title.
 * A code is an interface: add freely, rename never.
 */
export const PROBLEMS = {
  'request.malformed': { status: 400, level: 'info', title: 'The request is not readable' },
  'request.invalid': { status: 400, level: 'info', title: 'The request is not valid' },
  'request.bad_cursor': {
    status: 400,
    level: 'info',
    title: 'The cursor is not one this list returned',
  },
  'request.too_large': { status: 413, level: 'info', title: 'The request is too large' },
  'request.unsupported_media': {
    status: 415,
    level: 'info',
    title: 'The content type is not supported',
  },
  'request.precondition_required': { status: 428, level: 'info', title: 'If-Match is required' },
  'route.not_found': { status: 404, level: 'info', title: 'There is no such route' },
  'auth.required': { status: 401, level: 'info', title: 'Sign in first' },
  'auth.invalid_credentials': { status: 401, level: 'warn', title: 'E-mail or password is wrong' },
  'auth.refresh_invalid': { status: 401, level: 'info', title: 'The session has ended' },
  'auth.origin_refused': {
    status: 403,
    level: 'warn',
    title: 'The request comes from another site',
  },
  'permission.denied': { status: 403, level: 'warn', title: 'You may not do this' },
  'tenant.suspended': { status: 403, level: 'warn', title: 'The tenant is suspended' },
  'password.too_weak': { status: 400, level: 'info', title: 'The password is too easy to guess' },
  'tenant.not_found': { status: 404, level: 'info', title: 'Tenant not found' },
  'tenant.duplicate': { status: 409, level: 'info', title: 'This short name is taken' },
  'tenant.changed': { status: 412, level: 'info', title: 'The tenant was changed meanwhile' },
  'user.not_found': { status: 404, level: 'info', title: 'User not found' },
  'user.duplicate': { status: 409, level: 'info', title: 'This user is a member already' },
  'user.changed': { status: 412, level: 'info', title: 'The user was changed meanwhile' },
  'user.last_admin': {
    status: 409,
    level: 'info',
    title: 'The last administrator cannot be removed',
  },
  'role.not_found': { status: 404, level: 'info', title: 'Role not found' },
  'role.duplicate': { status: 409, level: 'info', title: 'A role of this name exists' },
  'role.changed': { status: 412, level: 'info', title: 'The role was changed meanwhile' },
  'role.built_in': { status: 409, level: 'info', title: 'Built-in roles cannot be changed' },
  'role.in_use': { status: 409, level: 'info', title: 'Users still have this role' },
  'api_key.not_found': { status: 404, level: 'info', title: 'API key not found' },
  'api_key.scope_exceeded': {
    status: 403,
    level: 'warn',
    title: 'A key cannot do more than its maker',
  },
  'session.not_found': { status: 404, level: 'info', title: 'Session not found' },
  'link.used': { status: 410, level: 'info', title: 'This link was used or has expired' },
  'device.not_found': { status: 404, level: 'info', title: 'Device not found' },
  'device.duplicate': {
    status: 409,
    level: 'info',
    title: 'A device with this serial number exists',
  },
  'device.changed': { status: 412, level: 'info', title: 'The device was changed meanwhile' },
  'endpoint.not_found': { status: 404, level: 'info', title: 'Endpoint not found' },
  'endpoint.duplicate': {
    status: 409,
    level: 'info',
    title: 'The device has this endpoint already',
  },
  'protocol.unknown': { status: 400, level: 'info', title: 'No such protocol is installed' },
  'import.invalid_header': {
    status: 400,
    level: 'info',
    title: 'The first line is not a known header',
  },
  'view.not_found': { status: 404, level: 'info', title: 'Saved view not found' },
  'view.duplicate': { status: 409, level: 'info', title: 'A view of this name exists' },
  'job.not_found': { status: 404, level: 'info', title: 'Job not found' },
  'job.no_targets': { status: 422, level: 'info', title: 'No device matches the targets' },
  'job.already_ended': { status: 409, level: 'info', title: 'The job has ended already' },
  'job.not_ended': { status: 409, level: 'info', title: 'The job is still at work' },
  'job.nothing_to_retry': { status: 409, level: 'info', title: 'No execution of this job failed' },
  'job.unsupported_operation': {
    status: 422,
    level: 'info',
    title: 'No protocol does this operation',
  },
  'execution.not_found': { status: 404, level: 'info', title: 'Execution not found' },
  'execution.illegal_transition': {
    status: 409,
    level: 'warn',
    title: 'The execution cannot change so',
  },
  'stream.disabled': { status: 404, level: 'info', title: 'Live events are switched off' },
  idempotency_key_reused: {
    status: 422,
    level: 'info',
    title: 'This Idempotency-Key was used for another request',
  },
  'quota.exceeded': { status: 429, level: 'info', title: 'The tenant has reached its limit' },
  'rate.limited': { status: 429, level: 'warn', title: 'Too many requests' },
  'setting.unknown': { status: 404, level: 'info', title: 'There is no such setting' },
  internal: { status: 500, level: 'error', title: 'Something went wrong on our side' },
  'database.unavailable': { status: 503, level: 'error', title: 'The database does not answer' },
  'database.full': { status: 503, level: 'error', title: 'The database has no space left' },
} as const satisfies Record<string, { status: number; level: LogLevel; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** `device.not_found` becomes `/problems/device-not-found` (RFC 9457 `type`). */
export const problemType = (code: string): string => `/problems/${code.replace(/[._]/g, '-')}`;

/** One fault of one field; the refused value itself is never echoed. */
export const FieldError = z.object({ path: z.string(), code: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** The body of every error answer, `application/problem+json` (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    correlationId: z.string().optional(),
    errors: z.array(FieldError).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
