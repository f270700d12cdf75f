import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { PROBLEMS, type ProblemCode } from '@drm/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.ts';

/** The only place that knows HTTP status numbers of errors: answers every one as application/problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) {
      // A stream broke in the middle: nothing can be answered any more.
      reply.raw.destroy();
      return;
    }
    const health = healthReport(thrown);
    if (health !== null) {
      void reply.status(health.status).send(health.body);
      return;
    }
    const { body, retryAfterSeconds } = problemOf(thrown, pathOf(request), request.id);
    this.report(body.code, thrown);
    if (retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    void reply
      .status(body.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(body));
  }

  private report(code: string, thrown: unknown): void {
    const level = PROBLEMS[code as ProblemCode].level;
    if (level === 'error') this.log.error({ code, err: thrown }, 'request failed');
    else if (level === 'warn') this.log.warn({ code }, 'request refused');
  }
}

/** The path without its query: a query may hold what does not belong into a report. */
const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/** Terminus reports a failed check as an exception that carries the report. */
function healthReport(thrown: unknown): { status: number; body: object } | null {
  if (!(thrown instanceof HttpException)) return null;
  const body = thrown.getResponse();
  if (typeof body !== 'object' || !('details' in body) || !('status' in body)) return null;
  return { status: thrown.getStatus(), body };
}
