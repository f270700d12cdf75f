import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logScope, type LogScope } from './log-fields.ts';

const HEADER = 'x-correlation-id';
const ACCEPTED = /^[\w.-]{8,64}$/;

const scopes = new WeakMap<FastifyRequest, LogScope>();

/** The caller's id when it is well-formed, else one of ours: it goes into log lines and answers. */
export function acceptCorrelationId(offered: unknown): string {
  return typeof offered === 'string' && ACCEPTED.test(offered) ? offered : randomUUID();
}

/** Fastify's `genReqId`: the caller's X-Correlation-Id, or an id of ours. */
export const requestIdOf = (request: { readonly headers: IncomingHttpHeaders }): string =>
  acceptCorrelationId(request.headers[HEADER]);

/**
 * Gives every request its correlation id, which is Fastify's request id (`genReqId: requestIdOf`): echoed in the answer,
 * and in every line logged while it is served.
 */
export function registerCorrelation(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { id } = request;
    const scope = logScope({ correlation_id: id });
    scopes.set(request, scope);
    reply.header(HEADER, id);
    scope.run(done);
  });
  // Reading a body ends in an event of the socket, outside of the first run: enter again behind it.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const scope = scopes.get(request);
    if (scope === undefined) done();
    else scope.run(done);
  });
}
