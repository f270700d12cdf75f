import type { Routes } from '@angular/router';

export const usersRoutes: Routes = [
  { path: '', loadComponent: () => import('./user-list/user-list.ts').then((m) => m.UserList) },
];
