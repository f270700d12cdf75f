import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import {
  CreateTenant,
  IdParam,
  Tenant,
  TenantPage,
  TenantQuery,
  UpdateTenant,
} from '@drm/contracts';
import type { Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { IfMatch, Returns } from '../http/returns.ts';
import { TenantService } from './tenant.service.ts';

@Controller('tenants')
@ApiTags('tenants')
export class TenantsController {
  constructor(@Inject(TenantService) private readonly tenants: TenantService) {}

  @Get()
  @Requires('tenants:admin')
  @Returns(TenantPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: TenantQuery }) query: TenantQuery,
  ): Promise<Page<Tenant>> {
    return this.tenants.list(ctx, query);
  }

  @Post()
  @Requires('tenants:admin')
  @Returns(Tenant, 201)
  create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateTenant }) body: CreateTenant,
  ): Promise<Tenant> {
    return this.tenants.create(ctx, body);
  }

  @Get(':id')
  @Requires('tenants:admin')
  @Returns(Tenant)
  get(@Param({ schema: IdParam }) { id }: IdParam): Promise<Tenant> {
    return this.tenants.get(id);
  }

  @Patch(':id')
  @Requires('tenants:admin')
  @Returns(Tenant)
  update(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @IfMatch() version: number,
    @Body({ schema: UpdateTenant }) body: UpdateTenant,
  ): Promise<Tenant> {
    return this.tenants.update(ctx, id, version, body);
  }
}
