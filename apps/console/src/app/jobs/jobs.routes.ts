import type { Routes } from '@angular/router';

export const jobsRoutes: Routes = [
  { path: '', loadComponent: () => import('./job-list/job-list.ts').then((m) => m.JobList) },
  { path: ':id', loadComponent: () => import('./job-page/job-page.ts').then((m) => m.JobPage) },
];
