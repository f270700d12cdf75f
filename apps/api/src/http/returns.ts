import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { Problem } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type * as z from 'zod';

const RETURNS = Symbol('returns');
const ETAG = /^(?:W\/)?"(\d{1,9})"$/;

export const etagOf = (version: number): string => `"${version}"`;

/**
 * Declares what a route answers: documents it, and cuts the answer to the schema, so that a new column cannot leak.
 * An answer with `version` also gets its ETag.
 */
export const Returns = (schema: z.ZodType, status = 200) =>
  applyDecorators(
    SetMetadata(RETURNS, schema),
    HttpCode(status),
    ApiResponse({ status, standardSchema: schema } as never),
    ApiResponse({ status: 'default', description: 'Problem', standardSchema: Problem } as never),
  );

/** Documents and answers 204. */
export const ReturnsNothing = () =>
  applyDecorators(
    HttpCode(204),
    ApiResponse({ status: 204, description: 'Done' }),
    ApiResponse({ status: 'default', description: 'Problem', standardSchema: Problem } as never),
  );

const ifMatchOf = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  const version = ETAG.exec(header ?? '')?.[1];
  if (version === undefined) {
    throw new DomainError(
      'request.precondition_required',
      'Send If-Match with the ETag you read, e.g. "3".',
    );
  }
  return Number(version);
});

/** The version the caller read, from If-Match. @throws DomainError `request.precondition_required` */
export const IfMatch = (): ParameterDecorator => (target, key, index) => {
  ifMatchOf()(target, key, index);
  if (key === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  if (descriptor !== undefined) {
    ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version you read' })(
      target,
      key,
      descriptor,
    );
  }
};

/** Applies `@Returns`: the schema's keys and no others, ETag from `version`, never cached. */
@Injectable()
export class ReturnsInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const schema = this.reflector.get<z.ZodType | undefined>(RETURNS, context.getHandler());
    if (schema === undefined) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        const version = (body as { version?: unknown } | null)?.version;
        if (typeof version === 'number') void reply.header('etag', etagOf(version));
        void reply.header('cache-control', 'no-store');
        return schema.parse(body);
      }),
    );
  }
}
