import { APP_BASE_HREF, LocationStrategy } from '@angular/common';
import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import {
  provideRouter,
  TitleStrategy,
  withComponentInputBinding,
  withInMemoryScrolling,
  withRouterConfig,
} from '@angular/router';
import type { ConsoleConfig } from '@drm/contracts';
import { routes } from './app.routes.ts';
import { apiBase, bearer, problems } from './http/interceptors.ts';
import { CONSOLE_CONFIG } from './session/console-config.ts';
import { Session } from './session/session.ts';
import { TenantLocation } from './session/tenant-location.ts';
import { PageTitle } from './shell/page-title.ts';

/** The CSP forbids a `<base>` element, so the base address is a provider. */
export const appConfig = (config: ConsoleConfig): ApplicationConfig => ({
  providers: [
    provideZonelessChangeDetection(),
    provideBrowserGlobalErrorListeners(),
    { provide: CONSOLE_CONFIG, useValue: config },
    { provide: APP_BASE_HREF, useValue: '/' },
    { provide: LocationStrategy, useExisting: TenantLocation },
    { provide: TitleStrategy, useExisting: PageTitle },
    provideHttpClient(withInterceptors([problems, bearer, apiBase])),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withRouterConfig({ paramsInheritanceStrategy: 'always' }),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled', anchorScrolling: 'enabled' }),
    ),
    provideAppInitializer(() => inject(Session).start()),
  ],
});
