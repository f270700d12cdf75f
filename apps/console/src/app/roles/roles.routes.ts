import type { Routes } from '@angular/router';

export const rolesRoutes: Routes = [
  { path: '', loadComponent: () => import('./role-list/role-list.ts').then((m) => m.RoleList) },
];
