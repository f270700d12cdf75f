import type { Routes } from '@angular/router';
import { allowed } from '../session/guards.ts';
import { keepUnsavedChanges } from '../ui/unsaved-changes.ts';

export const devicesRoutes: Routes = [
  {
    path: '',
    loadComponent: () => import('./device-list/device-list.ts').then((m) => m.DeviceList),
  },
  {
    path: 'new',
    title: 'Add a device',
    canActivate: [allowed('devices:write')],
    canDeactivate: [keepUnsavedChanges],
    loadComponent: () => import('./device-form/device-create.ts').then((m) => m.DeviceCreate),
  },
  {
    path: ':id/edit',
    title: 'Edit a device',
    canActivate: [allowed('devices:write')],
    canDeactivate: [keepUnsavedChanges],
    loadComponent: () => import('./device-form/device-edit.ts').then((m) => m.DeviceEdit),
  },
  {
    path: ':id',
    loadComponent: () => import('./device-detail/device-detail.ts').then((m) => m.DeviceDetail),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'overview' },
      {
        path: 'overview',
        loadComponent: () => import('./device-detail/overview-tab.ts').then((m) => m.OverviewTab),
      },
      {
        path: 'endpoints',
        loadComponent: () => import('./device-detail/endpoints-tab.ts').then((m) => m.EndpointsTab),
      },
      {
        path: 'values',
        loadComponent: () => import('./device-detail/values-tab.ts').then((m) => m.ValuesTab),
      },
      {
        path: 'jobs',
        canActivate: [allowed('jobs:read')],
        loadComponent: () => import('./device-detail/jobs-tab.ts').then((m) => m.JobsTab),
      },
      {
        path: 'audit',
        canActivate: [allowed('audit:read')],
        loadComponent: () => import('./device-detail/audit-tab.ts').then((m) => m.AuditTab),
      },
    ],
  },
];
