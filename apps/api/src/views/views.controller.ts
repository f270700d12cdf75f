import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { IdParam, SavedView, SavedViewPage, SavedViewQuery, SaveView } from '@drm/contracts';
import type { Page } from '@drm/contracts';
import { SavedViewService } from '@drm/devices';
import type { RequestContext } from '@drm/domain';
import { Returns, ReturnsNothing } from '../http/returns.ts';

@Controller('views')
@ApiTags('views')
export class ViewsController {
  constructor(@Inject(SavedViewService) private readonly views: SavedViewService) {}

  @Get()
  @Requires('devices:read')
  @Returns(SavedViewPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: SavedViewQuery }) query: SavedViewQuery,
  ): Promise<Page<SavedView>> {
    return this.views.page(ctx, query);
  }

  @Post()
  @Requires('devices:read')
  @Returns(SavedView, 201)
  save(@Ctx() ctx: RequestContext, @Body({ schema: SaveView }) body: SaveView): Promise<SavedView> {
    return this.views.save(ctx, body);
  }

  @Delete(':id')
  @Requires('devices:read')
  @ReturnsNothing()
  remove(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<void> {
    return this.views.remove(ctx, id);
  }
}
