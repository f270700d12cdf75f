import { HttpErrorResponse } from '@angular/common/http';
import type { FieldError, Problem } from '@drm/contracts';

interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  /** Seconds until it is worth trying again, from Retry-After. */
  readonly retryAfterSeconds?: number | null;
}

/** Every failed request of the console, whatever went wrong: an answer of the API, the network, or an answer nobody understands. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** Stable code of the API, or `network`, or `contract` for an answer of an unknown shape. */
    readonly code: string,
    readonly title: string,
    readonly detail: string | null = null,
    readonly correlationId: string | null = null,
    options: ProblemOptions = {},
  ) {
    super(detail ?? title);
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  /** The object was changed by someone else meanwhile. */
  get isStale(): boolean {
    return this.status === 412;
  }

  /** The message for one field, or null. */
  fieldMessage(path: string): string | null {
    return this.errors.find((error) => error.path === path)?.message ?? null;
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'title' in body && 'code' in body;

async function bodyOf(response: HttpErrorResponse): Promise<unknown> {
  const raw: unknown = response.error;
  try {
    if (raw instanceof Blob) return JSON.parse(await raw.text());
    if (typeof raw === 'string') return JSON.parse(raw);
  } catch {
    return null;
  }
  return raw;
}

/** Makes an `ApiProblem` of whatever a request threw. */
export async function problemOf(error: unknown): Promise<ApiProblem> {
  if (error instanceof ApiProblem) return error;
  if (!(error instanceof HttpErrorResponse)) {
    return new ApiProblem(0, 'contract', 'The answer was not understood', String(error));
  }
  if (error.status === 0) {
    return new ApiProblem(
      0,
      'network',
      'The server does not answer',
      'Check your connection and try again.',
    );
  }
  const body = await bodyOf(error);
  const retryAfter = Number(error.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  const correlationId = error.headers.get('x-correlation-id');
  if (!isProblem(body)) {
    const title = error.status < 300 ? 'The answer was not understood' : 'Something went wrong';
    return new ApiProblem(error.status, 'contract', title, null, correlationId, {
      retryAfterSeconds: seconds,
    });
  }
  return new ApiProblem(
    error.status,
    body.code,
    body.title,
    body.detail ?? null,
    body.correlationId ?? correlationId,
    { errors: body.errors ?? [], retryAfterSeconds: seconds },
  );
}

/** The error of a resource or a catch clause as a problem; a fault of our own code becomes `contract`. */
export const asProblem = (error: unknown): ApiProblem =>
  error instanceof ApiProblem
    ? error
    : new ApiProblem(0, 'contract', 'The answer was not understood', String(error));
