import type { Routes } from '@angular/router';

export const overviewRoutes: Routes = [
  {
    path: '',
    title: 'Overview',
    loadComponent: () => import('./overview-page.ts').then((file) => file.OverviewPage),
  },
];
