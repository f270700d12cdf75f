import type { ApiEnvironment } from '@drm/config';

/** Injection token of AuthSettings. */
export const AUTH_SETTINGS = Symbol('auth settings');

export interface AuthSettings {
  /** Production never makes a signing key by itself. */
  readonly production: boolean;
  readonly privateKeyFile: string | undefined;
  readonly accessTokenSeconds: number;
  readonly refreshIdleSeconds: number;
  readonly refreshAbsoluteSeconds: number;
  /** Wrong passwords before the next try is delayed. */
  readonly freeTries: number;
  /** Address people use, without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** Origins besides our own that may use the session cookie. */
  readonly origins: readonly string[];
}

type AuthEnvironment = Pick<
  ApiEnvironment,
  | 'NODE_ENV'
  | 'JWT_PRIVATE_KEY_FILE'
  | 'JWT_EXPIRES_IN'
  | 'REFRESH_IDLE_SECONDS'
  | 'REFRESH_ABSOLUTE_SECONDS'
  | 'LOGIN_FREE_TRIES'
  | 'PUBLIC_URL'
  | 'CORS_ORIGINS'
>;

/** The other origins of the console; `*` is none: cookies come with the requests. */
export const corsOriginsOf = (environment: Pick<ApiEnvironment, 'CORS_ORIGINS'>): string[] =>
  environment.CORS_ORIGINS.split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '' && origin !== '*');

export function authSettingsOf(environment: AuthEnvironment): AuthSettings {
  const publicUrl = environment.PUBLIC_URL?.replace(/\/+$/, '');
  const listed = corsOriginsOf(environment);
  return {
    production: environment.NODE_ENV === 'production',
    privateKeyFile: environment.JWT_PRIVATE_KEY_FILE,
    accessTokenSeconds: environment.JWT_EXPIRES_IN,
    refreshIdleSeconds: environment.REFRESH_IDLE_SECONDS,
    refreshAbsoluteSeconds: environment.REFRESH_ABSOLUTE_SECONDS,
    freeTries: environment.LOGIN_FREE_TRIES,
    publicUrl,
    origins: publicUrl === undefined ? listed : [...listed, new URL(publicUrl).origin],
  };
}
