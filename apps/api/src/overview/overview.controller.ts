import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { Overview } from '@drm/contracts';
import { OverviewService } from '@drm/devices';
import type { RequestContext } from '@drm/domain';
import { Returns } from '../http/returns.ts';

@Controller('overview')
@ApiTags('overview')
export class OverviewController {
  constructor(@Inject(OverviewService) private readonly overview: OverviewService) {}

  @Get()
  @Requires('devices:read')
  @Returns(Overview)
  get(@Ctx() ctx: RequestContext): Promise<Overview> {
    return this.overview.get(ctx);
  }
}
