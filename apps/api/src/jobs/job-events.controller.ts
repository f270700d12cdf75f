import {
  Controller,
  Get,
  Headers,
  Inject,
  Param,
  Res,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires, SignedInCaller, type Caller } from '@drm/auth';
import { Id } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { JobFeeds } from '@drm/jobs';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { API_SETTINGS, type ApiSettings } from '../api-settings.ts';
import { EventStream } from './event-stream.ts';

const JobIdParam = z.strictObject({ jobId: Id });
type JobIdParam = z.infer<typeof JobIdParam>;

/** Live events of a job. */
@Controller('jobs/events')
@ApiTags('jobs')
export class JobEventsController implements BeforeApplicationShutdown {
  constructor(
    @Inject(JobFeeds) private readonly feeds: JobFeeds,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  @Get(':jobId')
  @Requires('jobs:read')
  @ApiProduces('text/event-stream')
  @ApiResponse({
    status: 200,
    description:
      'Server-Sent Events job.progress (first a snapshot), execution.changed, job.ended, reset, session.expiring. ' +
      'Go on after a break with Last-Event-ID.',
  })
  async follow(
    @SignedInCaller() caller: Caller,
    @Param({ schema: JobIdParam }) { jobId }: JobIdParam,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.settings.ENABLE_SSE) throw new DomainError('stream.disabled');
    const { tenantId, actor } = caller.context;
    let leave: () => void = () => undefined;
    const stream = new EventStream(caller, () => leave());
    try {
      const last = lastEventId === undefined || lastEventId === '' ? null : lastEventId;
      leave = await this.feeds.open(tenantId, actor.id ?? actor.name, jobId, stream, last);
    } catch (error) {
      stream.end();
      throw error;
    }
    // The caller may have gone, or the job ended, while the stream was opened.
    if (stream.body.writableEnded || stream.body.destroyed) leave();
    reply.raw.on('close', () => stream.end());
    await reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(stream.body);
  }

  /** A server that stops waits for its connections: streams never end by themselves. */
  beforeApplicationShutdown(): void {
    this.feeds.close();
  }
}
