import type { Routes } from '@angular/router';

export const tenantsRoutes: Routes = [
  {
    path: '',
    loadComponent: () => import('./tenant-list/tenant-list.ts').then((m) => m.TenantList),
  },
];
