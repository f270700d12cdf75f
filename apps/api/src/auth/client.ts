import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuditActor } from '@drm/audit';
import type { FastifyRequest } from 'fastify';

/** Where a request without a signed-in caller comes from. */
export interface ClientInfo {
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly correlationId: string;
}

const USER_AGENT_MAX = 300;

export const clientOf = (request: FastifyRequest): ClientInfo => ({
  address: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_MAX) ?? null,
  correlationId: request.id,
});

export const Client = createParamDecorator((_: unknown, context: ExecutionContext): ClientInfo =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The person as the author of an audit line, before there is a RequestContext. */
export const personActor = (
  client: ClientInfo,
  person: { readonly userId: string; readonly email: string },
): AuditActor => ({
  actor: { kind: 'user', id: person.userId, name: person.email },
  address: client.address,
  correlationId: client.correlationId,
});

/** Somebody who says to be that person, without proof. */
export const claimedActor = (client: ClientInfo, email: string): AuditActor => ({
  actor: { kind: 'anonymous', id: null, name: email },
  address: client.address,
  correlationId: client.correlationId,
});
