import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { RequestContext } from '@drm/domain';
import type { FastifyRequest } from 'fastify';

/** The signed-in caller of one request, beyond what use-cases need to know. */
export interface Caller {
  readonly context: RequestContext;
  /** The sign-in this token belongs to; null for an API key. */
  readonly sessionId: string | null;
  /** When the token or key ends, milliseconds since 1970. */
  readonly expiresAt: number;
  /**
   * Whether the caller would still be let in: not expired, revoked, disabled or suspended, and with the permissions of
   * the route. Answers from a cache that is at most 5 s old. For streams that outlive the first check.
   */
  isAlive(): Promise<boolean>;
}

const CALLER = Symbol('caller');
type MarkedRequest = FastifyRequest & { [CALLER]?: Caller };

/** Called by the guard only. */
export const markCaller = (request: FastifyRequest, caller: Caller): void => {
  (request as MarkedRequest)[CALLER] = caller;
};

/** Undefined on a public route. */
export const callerOf = (request: FastifyRequest): Caller | undefined =>
  (request as MarkedRequest)[CALLER];

const signedIn = (context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('A public route has no caller.');
  return caller;
};

/** The RequestContext of the signed-in caller: the first argument of every use-case. */
export const Ctx = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestContext => signedIn(context).context,
);

/** The caller with its session and lifetime, for sign-in routes and event streams. */
export const SignedInCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => signedIn(context),
);
