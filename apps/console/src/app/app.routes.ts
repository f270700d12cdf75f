import type { Routes } from '@angular/router';
import { allowed, signedIn, signedOut } from './session/guards.ts';

/** Every feature is its own chunk. Its routes live in `<feature>/<feature>.routes.ts`. */
export const routes: Routes = [
  {
    path: 'login',
    title: 'Sign in',
    canActivate: [signedOut],
    loadComponent: () => import('./sign-in/sign-in.ts').then((m) => m.SignIn),
  },
  {
    path: 'accept-invitation',
    title: 'Choose a password',
    loadComponent: () =>
      import('./sign-in/accept-invitation.ts').then((m) => m.AcceptInvitationPage),
  },
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell.ts').then((m) => m.Shell),
    children: [
      {
        path: '',
        pathMatch: 'full',
        title: 'Overview',
        canActivate: [allowed('devices:read')],
        loadChildren: () => import('./overview/overview.routes.ts').then((m) => m.overviewRoutes),
      },
      {
        path: 'devices',
        title: 'Devices',
        canActivate: [allowed('devices:read')],
        loadChildren: () => import('./devices/devices.routes.ts').then((m) => m.devicesRoutes),
      },
      {
        path: 'jobs',
        title: 'Jobs',
        canActivate: [allowed('jobs:read')],
        loadChildren: () => import('./jobs/jobs.routes.ts').then((m) => m.jobsRoutes),
      },
      {
        path: 'users',
        title: 'Users',
        canActivate: [allowed('users:read')],
        loadChildren: () => import('./users/users.routes.ts').then((m) => m.usersRoutes),
      },
      {
        path: 'roles',
        title: 'Roles',
        canActivate: [allowed('users:read')],
        loadChildren: () => import('./roles/roles.routes.ts').then((m) => m.rolesRoutes),
      },
      {
        path: 'api-keys',
        title: 'API keys',
        canActivate: [allowed('api-keys:write')],
        loadChildren: () => import('./api-keys/api-keys.routes.ts').then((m) => m.apiKeysRoutes),
      },
      {
        path: 'audit',
        title: 'Audit',
        canActivate: [allowed('audit:read')],
        loadChildren: () => import('./audit/audit.routes.ts').then((m) => m.auditRoutes),
      },
      {
        path: 'settings',
        title: 'Settings',
        loadChildren: () => import('./settings/settings.routes.ts').then((m) => m.settingsRoutes),
      },
      {
        path: 'tenants',
        title: 'Tenants',
        canActivate: [allowed('tenants:admin')],
        loadChildren: () => import('./tenants/tenants.routes.ts').then((m) => m.tenantsRoutes),
      },
      {
        path: 'forbidden',
        title: 'No permission',
        loadComponent: () => import('./shell/forbidden.ts').then((m) => m.Forbidden),
      },
      {
        path: '**',
        title: 'Page not found',
        loadComponent: () => import('./shell/not-found.ts').then((m) => m.NotFound),
      },
    ],
  },
];
