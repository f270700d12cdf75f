import type { FieldError, ProblemCode } from '@drm/contracts';

interface DomainErrorOptions {
  /** Faults of single fields, shown beside them. */
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
  /** Seconds until it is worth trying again; becomes Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** The one error business code throws. `detail` is for people; clients switch on `code`. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ProblemCode,
    readonly detail?: string,
    options: DomainErrorOptions = {},
  ) {
    super(detail ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
