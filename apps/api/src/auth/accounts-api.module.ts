import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from '@drm/audit';
import { AuthModule, authSettingsOf } from '@drm/auth';
import { loadKek } from '@drm/persistence';
import type { ApiSettings } from '../api-settings.ts';
import { ApiKeyService } from '../api-keys/api-key.service.ts';
import { ApiKeysController } from '../api-keys/api-keys.controller.ts';
import { AuditController } from '../audit/audit.controller.ts';
import { RoleService } from '../roles/role.service.ts';
import { RolesController } from '../roles/roles.controller.ts';
import { SettingService } from '../settings/setting.service.ts';
import { SettingsController } from '../settings/settings.controller.ts';
import { KEK } from '../tenants/kek.ts';
import { TenantService } from '../tenants/tenant.service.ts';
import { TenantsController } from '../tenants/tenants.controller.ts';
import { InvitationService } from '../users/invitation.service.ts';
import { UserService } from '../users/user.service.ts';
import { UsersController } from '../users/users.controller.ts';
import { AccountService } from './account.service.ts';
import { AuthController } from './auth.controller.ts';
import { SessionIssuer } from './session-issuer.ts';
import { SessionService } from './session.service.ts';
import { SignInService } from './sign-in.service.ts';

/** Accounts and access: signing in, tenants, users, roles, API keys, the audit log and settings. Guards every route. */
@Module({})
export class AccountsApiModule {
  static forRoot(settings: ApiSettings): DynamicModule {
    return {
      module: AccountsApiModule,
      imports: [AuthModule.forRoot(authSettingsOf(settings)), AuditModule],
      controllers: [
        AuthController,
        TenantsController,
        UsersController,
        RolesController,
        ApiKeysController,
        AuditController,
        SettingsController,
      ],
      providers: [
        { provide: KEK, useFactory: () => loadKek(settings) },
        SessionIssuer,
        SignInService,
        SessionService,
        AccountService,
        TenantService,
        UserService,
        InvitationService,
        RoleService,
        ApiKeyService,
        SettingService,
      ],
    };
  }
}
