import { Body, Controller, Get, Headers, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import {
  CreateJob,
  ExecutionPage,
  ExecutionQuery,
  FailureGroupPage,
  IdempotencyKey,
  IdParam,
  Job,
  JobPage,
  JobQuery,
} from '@drm/contracts';
import type { Execution, FailureGroup, Page } from '@drm/contracts';
import { DomainError, type RequestContext } from '@drm/domain';
import { JobService } from '@drm/jobs';
import { Returns } from '../http/returns.ts';

const IdempotencyHeader = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: '1-128 printable ASCII characters. The same key and request answer the same job.',
  });

@Controller('jobs')
@ApiTags('jobs')
export class JobsController {
  constructor(@Inject(JobService) private readonly jobs: JobService) {}

  @Post()
  @Requires('jobs:run')
  @Returns(Job, 202)
  @IdempotencyHeader()
  submit(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateJob }) body: CreateJob,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Job> {
    return this.jobs.submit(ctx, body, { idempotencyKey: keyOf(key) });
  }

  @Get()
  @Requires('jobs:read')
  @Returns(JobPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: JobQuery }) query: JobQuery,
  ): Promise<Page<Job>> {
    return this.jobs.list(ctx, query);
  }

  @Get(':id')
  @Requires('jobs:read')
  @Returns(Job)
  get(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<Job> {
    return this.jobs.get(ctx, id);
  }

  @Get(':id/executions')
  @Requires('jobs:read')
  @Returns(ExecutionPage)
  executions(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Query({ schema: ExecutionQuery }) query: ExecutionQuery,
  ): Promise<Page<Execution>> {
    return this.jobs.executionsOf(ctx, id, query);
  }

  @Get(':id/failures')
  @Requires('jobs:read')
  @Returns(FailureGroupPage)
  failures(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
  ): Promise<Page<FailureGroup>> {
    return this.jobs.failures(ctx, id);
  }

  @Post(':id/cancel')
  @Requires('jobs:run')
  @Returns(Job)
  cancel(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<Job> {
    return this.jobs.cancel(ctx, id);
  }

  /** Goes on with a job that its circuit breaker paused. */
  @Post(':id/resume')
  @Requires('jobs:run')
  @Returns(Job)
  resume(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<Job> {
    return this.jobs.resume(ctx, id);
  }

  @Post(':id/retry-failed')
  @Requires('jobs:run')
  @Returns(Job, 202)
  @IdempotencyHeader()
  retryFailed(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Job> {
    return this.jobs.retryFailed(ctx, id, { idempotencyKey: keyOf(key) });
  }
}

/** @throws DomainError `request.invalid` */
function keyOf(header: string | undefined): string | null {
  if (header === undefined || header === '') return null;
  if (IdempotencyKey.safeParse(header).success) return header;
  throw new DomainError(
    'request.invalid',
    'The Idempotency-Key is not 1-128 printable ASCII characters.',
    {
      errors: [{ path: 'Idempotency-Key', code: 'invalid_format', message: 'not a valid key' }],
    },
  );
}
