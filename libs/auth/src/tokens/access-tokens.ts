import { JwtService } from '@nestjs/jwt';
import * as z from 'zod';
import type { SigningKeys } from './signing-keys.ts';

/** The one algorithm that is signed with and accepted (RFC 7518, 3.4). */
export const ALGORITHM = 'ES256';
export const ISSUER = 'drm';
export const AUDIENCE = 'drm-api';

/** What an access token says, beyond the registered claims. */
export const AccessClaims = z.object({
  typ: z.literal('access'),
  /** The person. */
  sub: z.guid(),
  /** The one tenant the token is good for. */
  tid: z.guid(),
  /** The sign-in session: the family of refresh tokens. */
  sid: z.guid(),
  /** Session version of the person: a higher one in the database ends every token before it. */
  sv: z.number().int(),
  /** Seconds since 1970. */
  exp: z.number().int(),
});
export type AccessClaims = z.infer<typeof AccessClaims>;

export interface TokenSubject {
  readonly userId: string;
  readonly tenantId: string;
  readonly sessionId: string;
  readonly sessionVersion: number;
}

/** Signs access tokens. They are checked by `AccessTokenStrategy`. */
export class AccessTokens {
  private readonly jwt: JwtService;

  constructor(
    keys: SigningKeys,
    /** Life of a token. */
    readonly lifeSeconds: number,
  ) {
    this.jwt = new JwtService({
      privateKey: keys.privateKey as never,
      signOptions: {
        algorithm: ALGORITHM,
        keyid: keys.kid,
        issuer: ISSUER,
        audience: AUDIENCE,
        expiresIn: lifeSeconds,
      },
    });
  }

  async sign(subject: TokenSubject): Promise<string> {
    return await this.jwt.signAsync({
      typ: 'access',
      sub: subject.userId,
      tid: subject.tenantId,
      sid: subject.sessionId,
      sv: subject.sessionVersion,
    });
  }
}
