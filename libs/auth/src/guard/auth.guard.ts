import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { RouteAccess } from './route-access.ts';
import { accessOf } from './route-access.ts';
import { DomainError, type RequestContext } from '@drm/domain';
import type { FastifyRequest } from 'fastify';
import { looksLikeApiKey } from '../keys/api-key-format.ts';
import { AccessTokenVerifier } from '../tokens/access-token.strategy.ts';
import { Authenticator } from './authenticator.ts';
import { bearerOf } from './bearer.ts';
import { markCaller, type Caller } from './caller.ts';
import { CredentialCache, type CachedCredential } from './credential-cache.ts';
import type { Principal } from './principal.ts';
import { RefusalLog } from './refusal-log.ts';

type SignedInAccess = Extract<RouteAccess, { kind: 'signed_in' }>;

/**
 * The global guard. A credential that was verified a moment ago is answered from memory, synchronously; a new token
 * goes through passport-jwt, and what it allows through the database, again every few seconds.
 */
@Injectable()
export class DrmAuthGuard implements CanActivate {
  private readonly declared = new WeakMap<object, RouteAccess>();

  constructor(
    @Inject(AccessTokenVerifier) private readonly tokens: AccessTokenVerifier,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(RefusalLog) private readonly refusals: RefusalLog,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.accessTo(context.getHandler());
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const credential = bearerOf(request.headers.authorization);
    if (credential === null) throw new DomainError('auth.required');
    const key = CredentialCache.key(credential);
    const cached = this.authenticator.cache.get(key);
    const principal = cached?.peek(Date.now());
    if (cached !== undefined && principal) return this.admit(request, access, cached, principal);
    return this.verify(context, request, access, credential, key, cached);
  }

  private async verify(
    context: ExecutionContext,
    request: FastifyRequest,
    access: SignedInAccess,
    credential: string,
    key: string,
    known: CachedCredential | undefined,
  ): Promise<boolean> {
    const cached =
      known ??
      (looksLikeApiKey(credential)
        ? await this.authenticator.apiKeyCredential(credential)
        : this.authenticator.sessionCredential(await this.tokens.verify(context)));
    const principal = await this.current(key, cached);
    return this.admit(request, access, cached, principal);
  }

  private async current(key: string, cached: CachedCredential): Promise<Principal> {
    const { cache } = this.authenticator;
    if (Date.now() >= cached.expiresAt) {
      cache.delete(key);
      throw new DomainError('auth.required');
    }
    try {
      const principal = await cached.refresh(Date.now);
      cache.set(key, cached);
      return principal;
    } catch (error) {
      cache.delete(key);
      throw error;
    }
  }

  private admit(
    request: FastifyRequest,
    access: SignedInAccess,
    cached: CachedCredential,
    principal: Principal,
  ): true {
    const context: RequestContext = {
      tenantId: principal.tenantId,
      actor: principal.actor,
      permissions: principal.permissions,
      correlationId: request.id,
      address: request.ip,
    };
    for (const permission of access.permissions) {
      if (!principal.permissions.has(permission)) {
        this.refusals.refused(
          context,
          `${request.method} ${request.routeOptions.url ?? ''}`,
          access.permissions.filter((wanted) => !principal.permissions.has(wanted)),
        );
        throw new DomainError('permission.denied', `This needs the permission ${permission}.`);
      }
    }
    markCaller(request, new GuardedCaller(context, principal.sessionId, cached, access));
    return true;
  }

  private accessTo(handler: object): RouteAccess {
    const known = this.declared.get(handler);
    if (known !== undefined) return known;
    const access = accessOf(handler);
    // The app does not start with such a route; one that came later is closed.
    if (access === undefined) throw new DomainError('permission.denied');
    this.declared.set(handler, access);
    return access;
  }
}

class GuardedCaller implements Caller {
  constructor(
    readonly context: RequestContext,
    readonly sessionId: string | null,
    private readonly cached: CachedCredential,
    private readonly access: SignedInAccess,
  ) {}

  get expiresAt(): number {
    return this.cached.expiresAt;
  }

  async isAlive(): Promise<boolean> {
    try {
      const now = Date.now();
      if (now >= this.cached.expiresAt) return false;
      const principal = this.cached.peek(now) ?? (await this.cached.refresh(Date.now));
      return this.access.permissions.every((permission) => principal.permissions.has(permission));
    } catch (error) {
      // The database being away says nothing about the caller; ask again later.
      return error instanceof DomainError && error.code === 'database.unavailable';
    }
  }
}
