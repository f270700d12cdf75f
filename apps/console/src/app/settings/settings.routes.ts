import type { Routes } from '@angular/router';

export const settingsRoutes: Routes = [
  {
    path: '',
    loadComponent: () => import('./settings-page.ts').then((m) => m.SettingsPage),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'profile' },
      {
        path: 'profile',
        title: 'Profile',
        loadComponent: () => import('./profile/profile.ts').then((m) => m.Profile),
      },
      {
        path: 'sessions',
        title: 'Sessions',
        loadComponent: () => import('./sessions/session-list.ts').then((m) => m.SessionList),
      },
      {
        path: 'appearance',
        title: 'Appearance',
        loadComponent: () => import('./appearance/appearance.ts').then((m) => m.Appearance),
      },
      {
        path: 'tenant',
        title: 'Tenant settings',
        loadComponent: () =>
          import('./tenant-settings/tenant-settings.ts').then((m) => m.TenantSettings),
      },
    ],
  },
];
