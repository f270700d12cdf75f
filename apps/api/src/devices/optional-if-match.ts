import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const ETAG = /^(?:W\/)?"(\d{1,9})"$/;

/** The version in If-Match when the caller sent one, else null: additions and deletions may do without. */
export const OptionalIfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): number | null => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    const version = ETAG.exec(header ?? '')?.[1];
    return version === undefined ? null : Number(version);
  },
);
