import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { Execution, IdParam, LedgerPage, ListQuery, TimelinePage } from '@drm/contracts';
import type { LedgerRow, Page, TimelineEvent } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { JobService } from '@drm/jobs';
import { Returns } from '../http/returns.ts';

@Controller()
@ApiTags('jobs')
export class ExecutionsController {
  constructor(@Inject(JobService) private readonly jobs: JobService) {}

  @Get('executions/:id')
  @Requires('jobs:read')
  @Returns(Execution)
  get(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<Execution> {
    return this.jobs.execution(ctx, id);
  }

  @Get('executions/:id/events')
  @Requires('jobs:read')
  @Returns(TimelinePage)
  timeline(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Query({ schema: ListQuery }) query: ListQuery,
  ): Promise<Page<TimelineEvent>> {
    return this.jobs.timeline(ctx, id, query);
  }

  /** Of every job: created = succeeded + failed + cancelled + expired + open. */
  @Get('admin/job-ledger')
  @Requires('jobs:read')
  @Returns(LedgerPage)
  ledger(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListQuery }) query: ListQuery,
  ): Promise<Page<LedgerRow>> {
    return this.jobs.ledger(ctx, query);
  }
}
