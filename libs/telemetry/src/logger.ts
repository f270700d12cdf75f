import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger,
  type LoggerOptions,
} from 'pino';
import { currentLogFields } from './log-fields.ts';

/**
 * Names whose values never reach a log. The net below the first rule, which is to log chosen fields only: pino's
 * `*.name` matches exactly one level, so each name is listed for the top and for two levels below.
 */
const SECRET_NAMES = [
  ...['password', 'newPassword', 'currentPassword', 'authPassword', 'privPassword', 'community'],
  ...['credentials', 'secret', 'token', 'accessToken', 'refreshToken', 'apiKey', 'authorization'],
  ...['cookie', 'set-cookie', 'kek', 'privateKey', 'connectionString', 'DATABASE_URL', 'REDIS_URL'],
];
const REDACTED_PATHS = SECRET_NAMES.flatMap((name) => {
  const key = /^[a-z_]+$/i.test(name) ? name : `["${name}"]`;
  const below = key.startsWith('[') ? key : `.${key}`;
  return [key, `*${below}`, `*.*${below}`];
});

/** pino's `err` without the message texts of causes: they carry driver and device text. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const causeCode = (cause as { code?: unknown } | undefined)?.code;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(cause === undefined
      ? {}
      : {
          cause: {
            type: cause.name,
            ...(typeof causeCode === 'string' ? { code: causeCode } : {}),
            stack: stackWithoutMessage(cause),
          },
        }),
  };
}

const stackWithoutMessage = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');

/** One JSON object a line: `timestamp` (ISO 8601), `level` (word), `message`, `service`, and the fields of the work. */
export function loggerOptions(service: string, level: string): LoggerOptions {
  return {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: () => stdTimeFunctions.isoTime().replace('"time"', '"timestamp"'),
    formatters: { level: (label) => ({ level: label }) },
    mixin: currentLogFields,
    serializers: { err: describeError, error: describeError },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
}

let stdout: DestinationStream | undefined;

/**
 * Standard output, one for all loggers, that loses a line where it would end the process: a full disk behind it must
 * not stop the work, and there is nowhere left to report it.
 */
function patientStdout(): DestinationStream {
  if (stdout === undefined) {
    const opened = destination({ dest: process.stdout.fd, sync: true });
    opened.on('error', () => undefined);
    process.stdout.on('error', () => undefined);
    stdout = opened;
  }
  return stdout;
}

/** @param to stdout when absent */
export function createLogger(service: string, level: string, to?: DestinationStream): Logger {
  return pino(loggerOptions(service, level), to ?? patientStdout());
}
