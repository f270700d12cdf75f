import type { ErrorClass } from '@drm/contracts';

interface ProtocolErrorOptions {
  readonly hint?: string;
  /** The device's or the standard's own name, e.g. `notWritable`. */
  readonly native?: string;
  readonly path?: string;
  /** The effect may have happened: the engine verifies before it repeats. */
  readonly uncertain?: boolean;
  readonly cause?: unknown;
}

/**
 * Why an operation failed on a device. `class` decides about a retry, `code` is stable, `message` is for people and
 * holds no secret and no octets of the device.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly hint: string | null;
  readonly native: string | null;
  readonly path: string | null;
  readonly uncertain: boolean;

  constructor(
    readonly errorClass: ErrorClass,
    readonly code: string,
    message: string,
    options: ProtocolErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint ?? null;
    this.native = options.native ?? null;
    this.path = options.path ?? null;
    this.uncertain = options.uncertain ?? false;
  }
}

/** The execution may not go on: cancelled, out of time, or its lease is lost. Thrown by `guard` and on abort. */
export class ExecutionAborted extends Error {
  override readonly name = 'ExecutionAborted';

  constructor(readonly reason: 'cancelled' | 'deadline' | 'lease_lost' | 'shutdown') {
    super(`execution aborted: ${reason}`);
  }
}
