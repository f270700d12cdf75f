import { LocationStrategy } from '@angular/common';
import { inject } from '@angular/core';
import { type CanActivateFn, RedirectCommand, Router } from '@angular/router';
import type { Permission } from '@drm/contracts';
import { Session } from './session.ts';
import { TenantLocation } from './tenant-location.ts';

/** Sends those who are not signed in to the sign-in page and back afterwards. */
export const signedIn: CanActivateFn = (_route, state) => {
  const session = inject(Session);
  const router = inject(Router);
  const tenant = session.tenant();
  if (tenant === null) {
    const returnTo = inject(LocationStrategy).prepareExternalUrl(state.url);
    return router.createUrlTree(['/login'], {
      queryParams: state.url === '/' ? {} : { returnTo },
    });
  }
  const location = inject(TenantLocation);
  if (location.tenantSlug === null) location.useTenant(tenant.slug);
  return true;
};

/** The sign-in page makes no sense for those who are signed in. */
export const signedOut: CanActivateFn = () =>
  inject(Session).tenant() === null || inject(Router).createUrlTree(['/']);

/** Opens the route only for those who hold the permission; others see which one is missing, at the same address. */
export const allowed =
  (permission: Permission): CanActivateFn =>
  () => {
    if (inject(Session).can(permission)) return true;
    const router = inject(Router);
    const page = router.createUrlTree(['/forbidden'], { queryParams: { needs: permission } });
    return new RedirectCommand(page, { skipLocationChange: true });
  };
