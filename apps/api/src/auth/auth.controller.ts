import { Body, Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AUTH_SETTINGS, Public, Requires, SignedInCaller } from '@drm/auth';
import type { AuthSettings, Caller } from '@drm/auth';
import {
  AcceptInvitation,
  ChangePassword,
  IdParam,
  Login,
  Me,
  Session,
  SessionPage,
  SwitchTenant,
} from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Returns, ReturnsNothing } from '../http/returns.ts';
import { AccountService } from './account.service.ts';
import { Client } from './client.ts';
import type { ClientInfo } from './client.ts';
import {
  assertOwnOrigin,
  clearRefreshCookie,
  readRefreshCookie,
  setRefreshCookie,
} from './refresh-cookie.ts';
import type { Issued } from './session-issuer.ts';
import { SessionService } from './session.service.ts';
import { SignInService } from './sign-in.service.ts';

/** Signing in and out. The refresh token travels in the cookie only. */
@Controller()
@ApiTags('auth')
export class AuthController {
  constructor(
    @Inject(SignInService) private readonly signIn: SignInService,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(AccountService) private readonly account: AccountService,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  @Post('auth/login')
  @Public()
  @Returns(Session)
  async login(
    @Body({ schema: Login }) body: Login,
    @Client() client: ClientInfo,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.give(reply, await this.signIn.login(body, client));
  }

  @Post('auth/refresh')
  @Public()
  @Returns(Session)
  async refresh(
    @Req() request: FastifyRequest,
    @Client() client: ClientInfo,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    assertOwnOrigin(request, this.settings);
    const token = readRefreshCookie(request, this.settings);
    if (token === null) throw new DomainError('auth.refresh_invalid');
    try {
      return this.give(reply, await this.sessions.refresh(token, client));
    } catch (error) {
      const isOver =
        error instanceof DomainError &&
        (error.code === 'auth.refresh_invalid' || error.code === 'tenant.suspended');
      if (isOver) clearRefreshCookie(reply, this.settings);
      throw error;
    }
  }

  @Post('auth/logout')
  @Public()
  @ReturnsNothing()
  async logout(
    @Req() request: FastifyRequest,
    @Client() client: ClientInfo,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    assertOwnOrigin(request, this.settings);
    const token = readRefreshCookie(request, this.settings);
    if (token !== null) await this.sessions.logout(token, client);
    clearRefreshCookie(reply, this.settings);
  }

  @Post('auth/accept-invitation')
  @Public()
  @Returns(Session)
  async acceptInvitation(
    @Body({ schema: AcceptInvitation }) body: AcceptInvitation,
    @Client() client: ClientInfo,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    return this.give(reply, await this.signIn.acceptLink(body, client));
  }

  @Post('auth/switch-tenant')
  @Requires()
  @Returns(Session)
  switchTenant(
    @SignedInCaller() caller: Caller,
    @Body({ schema: SwitchTenant }) body: SwitchTenant,
    @Client() client: ClientInfo,
  ): Promise<Session> {
    return this.sessions.switchTenant(caller, body, client);
  }

  @Post('auth/change-password')
  @Requires()
  @ReturnsNothing()
  changePassword(
    @SignedInCaller() caller: Caller,
    @Body({ schema: ChangePassword }) body: ChangePassword,
  ): Promise<void> {
    return this.account.changePassword(caller, body);
  }

  @Get('me')
  @Requires()
  @Returns(Me)
  me(@SignedInCaller() caller: Caller): Promise<Me> {
    return this.account.me(caller);
  }

  @Get('auth/sessions')
  @Requires()
  @Returns(SessionPage)
  listSessions(@SignedInCaller() caller: Caller): Promise<SessionPage> {
    return this.sessions.list(caller);
  }

  @Delete('auth/sessions/:id')
  @Requires()
  @ReturnsNothing()
  endSession(
    @SignedInCaller() caller: Caller,
    @Param({ schema: IdParam }) { id }: IdParam,
  ): Promise<void> {
    return this.sessions.end(caller, id);
  }

  private give(reply: FastifyReply, issued: Issued): Session {
    setRefreshCookie(reply, this.settings, issued.refreshToken, issued.maxAgeSeconds);
    return issued.session;
  }
}
