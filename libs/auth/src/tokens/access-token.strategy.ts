import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { DomainError } from '@drm/domain';
import passport from 'passport';
import { Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { bearerOf } from '../guard/bearer.ts';
import { AccessClaims, ALGORITHM, AUDIENCE, ISSUER } from './access-tokens.ts';
import type { SigningKeys } from './signing-keys.ts';

export const SIGNING_KEYS = Symbol('signing keys');
const NAME = 'drm-access-token';

/** Passport keeps one list of strategies a process; two apps in it (tests) must not share a key. */
const strategyName = (keys: SigningKeys): string => `${NAME} ${keys.kid}`;

/**
 * Verifies an access token: one algorithm, our keys only, issuer, audience, expiry and type. Key hints inside the
 * token (`jku`, `x5u`, `jwk`) are never looked at.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, NAME) {
  constructor(@Inject(SIGNING_KEYS) keys: SigningKeys) {
    super({
      jwtFromRequest: (request: { headers: { authorization?: string } }) =>
        bearerOf(request.headers.authorization),
      secretOrKeyProvider: keyProvider(keys),
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      ignoreExpiration: false,
    });
    passport.use(strategyName(keys), this);
  }

  /** passport-jwt calls this with the claims of a token whose signature is good. */
  validate(payload: unknown): AccessClaims {
    const claims = AccessClaims.safeParse(payload);
    if (!claims.success) throw new DomainError('auth.required');
    return claims.data;
  }
}

const keyProvider =
  (keys: SigningKeys): SecretOrKeyProvider =>
  (_request, token: string, done) => {
    const key = keys.publicKeys.get(keyIdOf(token) ?? '');
    if (key === undefined) done(new Error('unknown key'));
    // jsonwebtoken takes a KeyObject; only the types of passport-jwt do not know it.
    else done(null, key as never);
  };

function keyIdOf(token: string): string | null {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'),
    );
    const kid = (header as { kid?: unknown } | null)?.kid;
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}

/** Runs the strategy on a request, the way @nestjs/passport does, and answers with the claims. */
@Injectable()
export class AccessTokenVerifier extends AuthGuard() {
  constructor(@Inject(SIGNING_KEYS) keys: SigningKeys) {
    super({ defaultStrategy: strategyName(keys) });
  }

  /** @throws DomainError `auth.required`: one answer for missing, expired and forged tokens */
  async verify(context: ExecutionContext): Promise<AccessClaims> {
    await this.canActivate(context);
    const request = context.switchToHttp().getRequest<{ user: AccessClaims }>();
    return request.user;
  }

  override handleRequest<Claims>(error: unknown, claims: Claims | false | null): Claims {
    if (error instanceof Error && !(error instanceof DomainError)) throw error;
    if (!claims) throw new DomainError('auth.required');
    return claims;
  }
}
