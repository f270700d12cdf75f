import type { Routes } from '@angular/router';

export const auditRoutes: Routes = [
  { path: '', loadComponent: () => import('./audit-list/audit-list.ts').then((m) => m.AuditList) },
];
