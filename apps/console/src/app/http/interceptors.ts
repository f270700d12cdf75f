import type { HttpHandlerFn, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { CONSOLE_CONFIG } from '../session/console-config.ts';
import { Session } from '../session/session.ts';
import { problemOf } from './api-problem.ts';
import { IS_SESSION_CALL } from './session-call.ts';

const isApi = (url: string): boolean => url.startsWith('/api/');

/** Puts the API's address in front of `/api/…`. */
export const apiBase: HttpInterceptorFn = (request, next) => {
  const base = inject(CONSOLE_CONFIG).apiBaseUrl;
  return next(isApi(request.url) && base ? request.clone({ url: base + request.url }) : request);
};

/** Every failure leaves as an `ApiProblem`. */
export const problems: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    catchError((error: unknown) =>
      from(problemOf(error)).pipe(switchMap((problem) => throwError(() => problem))),
    ),
  );

const withBearer = (request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> =>
  token === null ? request : request.clone({ setHeaders: { authorization: `Bearer ${token}` } });

/** Adds the access token; on 401 the session is refreshed once and the request is sent again. */
export const bearer: HttpInterceptorFn = (request: HttpRequest<unknown>, next: HttpHandlerFn) => {
  if (!isApi(request.url)) return next(request);
  if (request.context.get(IS_SESSION_CALL)) return next(request.clone({ withCredentials: true }));
  const session = inject(Session);
  const token = session.accessToken();
  return next(withBearer(request, token)).pipe(
    catchError((error: unknown) => {
      if ((error as { status?: number }).status !== 401) return throwError(() => error);
      return from(session.renew(token)).pipe(
        switchMap((renewed) =>
          renewed === null ? throwError(() => error) : next(withBearer(request, renewed)),
        ),
      );
    }),
  );
};
