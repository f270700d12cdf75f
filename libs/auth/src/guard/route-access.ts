import { SetMetadata } from '@nestjs/common';
import type { Permission } from '@drm/contracts';

/** What a route asks of its caller: everybody may call it, or a signed-in caller with every permission named. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed_in'; readonly permissions: readonly Permission[] };

const ACCESS = Symbol('route access');

/** The caller must be signed in and hold every permission named; none named: any signed-in caller. */
export const Requires = (...permissions: Permission[]) =>
  SetMetadata<symbol, RouteAccess>(ACCESS, { kind: 'signed_in', permissions });

/** Nobody needs to be signed in. The list of such routes is closed: a test names each of them. */
export const Public = () => SetMetadata<symbol, RouteAccess>(ACCESS, { kind: 'public' });

/** What the route's method declares; undefined when it declares nothing (such an app does not start). */
export const accessOf = (handler: object): RouteAccess | undefined =>
  Reflect.getMetadata(ACCESS, handler) as RouteAccess | undefined;
