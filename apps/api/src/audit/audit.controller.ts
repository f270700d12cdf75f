import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditLog } from '@drm/audit';
import { Ctx, Requires } from '@drm/auth';
import { AuditPage, AuditQuery } from '@drm/contracts';
import type { AuditEvent, Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { Returns } from '../http/returns.ts';

@Controller('audit')
@ApiTags('audit')
export class AuditController {
  constructor(@Inject(AuditLog) private readonly log: AuditLog) {}

  @Get()
  @Requires('audit:read')
  @Returns(AuditPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: AuditQuery }) query: AuditQuery,
  ): Promise<Page<AuditEvent>> {
    return this.log.list(ctx, query);
  }
}
