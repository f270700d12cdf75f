import { HttpException } from '@nestjs/common';
import {
  problemType,
  PROBLEMS,
  type FieldError,
  type Problem,
  type ProblemCode,
} from '@drm/contracts';
import { DomainError } from '@drm/domain';

/** What the framework throws by itself, by Fastify's error code. */
const FRAMEWORK: ReadonlyMap<string, ProblemCode> = new Map([
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'request.malformed'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'request.malformed'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'request.malformed'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'request.too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'request.unsupported_media'],
]);

const BY_STATUS: ReadonlyMap<number, ProblemCode> = new Map([
  [400, 'request.malformed'],
  [401, 'auth.required'],
  [403, 'permission.denied'],
  [404, 'route.not_found'],
  [405, 'route.not_found'],
  [413, 'request.too_large'],
  [414, 'request.too_large'],
  [415, 'request.unsupported_media'],
  [429, 'rate.limited'],
  [431, 'request.too_large'],
]);

export interface AnsweredProblem {
  readonly body: Problem;
  readonly retryAfterSeconds: number | undefined;
}

/** Turns whatever was thrown into a problem. What is not ours becomes `internal`, without a word of its text. */
export function problemOf(
  thrown: unknown,
  instance: string,
  correlationId: string,
): AnsweredProblem {
  const error = thrown instanceof DomainError ? thrown : null;
  const code = error?.code ?? frameworkCode(thrown);
  const { status, title } = PROBLEMS[code];
  const body: Problem = { type: problemType(code), title, status, code, instance, correlationId };
  if (error?.detail !== undefined) body.detail = error.detail;
  if (error?.errors !== undefined) body.errors = [...error.errors];
  return { body, retryAfterSeconds: error?.retryAfterSeconds };
}

function frameworkCode(thrown: unknown): ProblemCode {
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string') {
    const known = FRAMEWORK.get(code);
    if (known !== undefined) return known;
  }
  if (thrown instanceof HttpException) return BY_STATUS.get(thrown.getStatus()) ?? 'internal';
  if (typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_')) {
    return BY_STATUS.get(statusCode) ?? 'internal';
  }
  return 'internal';
}

interface SchemaIssue {
  readonly message: string;
  readonly code?: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

const ISSUES_MAX = 50;

/** The validation pipe's `exceptionFactory`: one field error an issue; refused values are not echoed. */
export function invalidRequest(issues: readonly SchemaIssue[]): DomainError {
  const errors = issues.slice(0, ISSUES_MAX).flatMap(fieldErrors);
  return new DomainError(
    'request.invalid',
    errors[0] && `${errors[0].path || 'body'}: ${errors[0].message}`,
    {
      errors,
    },
  );
}

function fieldErrors(issue: SchemaIssue): FieldError[] {
  const path = (issue.path ?? [])
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .join('.');
  const code = issue.code ?? 'invalid';
  if (issue.keys === undefined) return [{ path, code, message: issue.message }];
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    code: 'unknown_field',
    message: 'This field is not known here.',
  }));
}
