import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AuditModule } from '@drm/audit';
import { AUTH_SETTINGS, type AuthSettings } from './auth-settings.ts';
import { Authenticator } from './guard/authenticator.ts';
import { DrmAuthGuard } from './guard/auth.guard.ts';
import { RefusalLog } from './guard/refusal-log.ts';
import { RouteInventory } from './guard/route-inventory.ts';
import { PasswordHasher } from './passwords/password-hasher.ts';
import { LoginThrottle } from './throttle/login-throttle.ts';
import {
  AccessTokenStrategy,
  AccessTokenVerifier,
  SIGNING_KEYS,
} from './tokens/access-token.strategy.ts';
import { AccessTokens } from './tokens/access-tokens.ts';
import { loadSigningKeys, type SigningKeys } from './tokens/signing-keys.ts';

/** Guards every route of the app, and gives the pieces a sign-in is made of. Needs TenantDb from PersistenceModule. */
@Module({})
export class AuthModule {
  static forRoot(settings: AuthSettings): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      imports: [DiscoveryModule, PassportModule, AuditModule],
      providers: [
        { provide: AUTH_SETTINGS, useValue: settings },
        {
          provide: SIGNING_KEYS,
          useFactory: () => loadSigningKeys(settings.privateKeyFile, settings.production),
        },
        {
          provide: AccessTokens,
          inject: [SIGNING_KEYS],
          useFactory: (keys: SigningKeys) => new AccessTokens(keys, settings.accessTokenSeconds),
        },
        { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
        {
          provide: LoginThrottle,
          useFactory: () => new LoginThrottle({ freeTries: settings.freeTries }),
        },
        AccessTokenStrategy,
        AccessTokenVerifier,
        Authenticator,
        RefusalLog,
        RouteInventory,
        { provide: APP_GUARD, useClass: DrmAuthGuard },
      ],
      exports: [
        AUTH_SETTINGS,
        AccessTokens,
        Authenticator,
        LoginThrottle,
        PasswordHasher,
        RouteInventory,
      ],
    };
  }
}
