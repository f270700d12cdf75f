import { DomainError } from '@drm/domain';

/** Connection lost, server shutting down or refusing new clients (SQLSTATE classes 08, 57P, 53300). */
const UNAVAILABLE = /^(08|57P0[1-5]|53300)/;
/** Disk full, out of memory, too many locks (class 53). */
const OUT_OF_RESOURCES = /^53/;
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
/** PostgreSQL stores no NUL: in text (22021) and in jsonb (22P05). */
const UNSTORABLE_TEXT: ReadonlySet<string> = new Set(['22021', '22P05']);
/** node-postgres gives these without a code. */
const NETWORK_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered/;

export const SERIALIZATION_FAILURE = '40001';
export const DEADLOCK_DETECTED = '40P01';
export const UNIQUE_VIOLATION = '23505';
export const FOREIGN_KEY_VIOLATION = '23503';

/** The five-character SQLSTATE of a driver error, or null. */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/** The name of the violated constraint. Only its name: `detail` would carry values of the row. */
export function violatedConstraint(error: unknown): string | null {
  const constraint = (error as { constraint?: unknown } | null)?.constraint;
  return typeof constraint === 'string' ? constraint : null;
}

export const isRetryable = (error: unknown): boolean => {
  const code = sqlState(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
};

/** Turns "the database is away" and "the database is full" into codes; leaves every other error as it is. */
export function databaseError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = sqlState(error);
  const message = error instanceof Error ? error.message : '';
  if (code !== null && (UNAVAILABLE.test(code) || NETWORK_CODES.has(code)))
    return unavailable(error);
  if (code !== null && OUT_OF_RESOURCES.test(code)) {
    return new DomainError(
      'database.full',
      'Nothing was stored. Free space on the database server.',
      {
        cause: error,
        retryAfterSeconds: 30,
      },
    );
  }
  if (code !== null && UNSTORABLE_TEXT.has(code))
    return new DomainError('request.invalid', 'Text must not contain a NUL character.', {
      cause: error,
    });
  return NETWORK_MESSAGES.test(message) ? unavailable(error) : error;
}

const unavailable = (cause: unknown): DomainError =>
  new DomainError('database.unavailable', 'Nothing was changed. Try again in a moment.', {
    cause,
    retryAfterSeconds: 5,
  });
