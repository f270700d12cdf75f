import type { Routes } from '@angular/router';

export const apiKeysRoutes: Routes = [
  {
    path: '',
    loadComponent: () => import('./api-key-list/api-key-list.ts').then((m) => m.ApiKeyList),
  },
];
