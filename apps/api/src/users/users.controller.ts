import {
  Body,
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import {
  IdParam,
  Invitation,
  InviteUser,
  UpdateUser,
  User,
  UserPage,
  UserQuery,
} from '@drm/contracts';
import type { Page } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import type { FastifyRequest } from 'fastify';
import { IfMatch, Returns, ReturnsNothing } from '../http/returns.ts';
import { InvitationService } from './invitation.service.ts';
import { UserService } from './user.service.ts';

const originOf = (request: FastifyRequest): string =>
  `${request.protocol}://${request.headers.host ?? 'localhost'}`;

@Controller('users')
@ApiTags('users')
export class UsersController {
  constructor(
    @Inject(UserService) private readonly users: UserService,
    @Inject(InvitationService) private readonly invitations: InvitationService,
  ) {}

  @Get()
  @Requires('users:read')
  @Returns(UserPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: UserQuery }) query: UserQuery,
  ): Promise<Page<User>> {
    return this.users.list(ctx, query);
  }

  @Post('invitations')
  @Requires('users:admin')
  @Returns(Invitation, 201)
  invite(
    @Ctx() ctx: RequestContext,
    @Body({ schema: InviteUser }) body: InviteUser,
    @Req() request: FastifyRequest,
  ): Promise<Invitation> {
    return this.invitations.invite(ctx, body, originOf(request));
  }

  @Get(':id')
  @Requires('users:read')
  @Returns(User)
  get(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<User> {
    return this.users.get(ctx, id);
  }

  @Patch(':id')
  @Requires('users:admin')
  @Returns(User)
  update(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @IfMatch() version: number,
    @Body({ schema: UpdateUser }) body: UpdateUser,
  ): Promise<User> {
    return this.users.update(ctx, id, version, body);
  }

  @Delete(':id')
  @Requires('users:admin')
  @ReturnsNothing()
  remove(@Ctx() ctx: RequestContext, @Param({ schema: IdParam }) { id }: IdParam): Promise<void> {
    return this.users.remove(ctx, id);
  }

  @Post(':id/reset-link')
  @Requires('users:admin')
  @Returns(Invitation, 201)
  resetLink(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Req() request: FastifyRequest,
  ): Promise<Invitation> {
    return this.invitations.resetLink(ctx, id, originOf(request));
  }
}
