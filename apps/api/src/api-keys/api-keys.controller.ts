import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { ApiKeyPage, CreateApiKey, CreatedApiKey, IdParam, ListQuery } from '@drm/contracts';
import type { ApiKey, Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { Returns, ReturnsNothing } from '../http/returns.ts';
import { ApiKeyService } from './api-key.service.ts';

@Controller('api-keys')
@ApiTags('api keys')
export class ApiKeysController {
  constructor(@Inject(ApiKeyService) private readonly keys: ApiKeyService) {}

  @Get()
  @Requires('api-keys:write')
  @Returns(ApiKeyPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListQuery }) query: ListQuery,
  ): Promise<Page<ApiKey>> {
    return this.keys.list(ctx, query);
  }

  @Post()
  @Requires('api-keys:write')
  @Returns(CreatedApiKey, 201)
  create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateApiKey }) body: CreateApiKey,
  ): Promise<CreatedApiKey> {
    return this.keys.create(ctx, body);
  }

  @Delete(':id')
  @Requires('api-keys:write')
  @ReturnsNothing()
  revoke(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<void> {
    return this.keys.revoke(ctx, id);
  }
}
