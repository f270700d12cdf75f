import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import { ListQuery, Role, RolePage, SaveRole } from '@drm/contracts';
import type { Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { IfMatch, Returns, ReturnsNothing } from '../http/returns.ts';
import { RoleParam } from './role-param.ts';
import { RoleService } from './role.service.ts';

@Controller('roles')
@ApiTags('users')
export class RolesController {
  constructor(@Inject(RoleService) private readonly roles: RoleService) {}

  @Get()
  @Requires('users:read')
  @Returns(RolePage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListQuery }) query: ListQuery,
  ): Promise<Page<Role>> {
    return this.roles.list(ctx, query);
  }

  @Post()
  @Requires('users:admin')
  @Returns(Role, 201)
  create(@Ctx() ctx: RequestContext, @Body({ schema: SaveRole }) body: SaveRole): Promise<Role> {
    return this.roles.create(ctx, body);
  }

  @Patch(':id')
  @Requires('users:admin')
  @Returns(Role)
  update(
    @Ctx() ctx: RequestContext,
    @Param({ schema: RoleParam }) { id }: RoleParam,
    @IfMatch() version: number,
    @Body({ schema: SaveRole }) body: SaveRole,
  ): Promise<Role> {
    return this.roles.update(ctx, id, version, body);
  }

  @Delete(':id')
  @Requires('users:admin')
  @ReturnsNothing()
  remove(
    @Ctx() ctx: RequestContext,
    @Param({ schema: RoleParam }) { id }: RoleParam,
  ): Promise<void> {
    return this.roles.remove(ctx, id);
  }
}
