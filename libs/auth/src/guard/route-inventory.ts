import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessOf, type RouteAccess } from './route-access.ts';

export interface DeclaredRoute {
  /** `DevicesController.list` */
  readonly name: string;
  readonly access: RouteAccess;
}

/** A route says nothing about who may call it. */
export class UndeclaredRouteError extends Error {
  override readonly name = 'UndeclaredRouteError';
}

/** Refuses the start while a route of any controller has neither `@Requires()` nor `@Public()`. */
@Injectable()
export class RouteInventory implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    this.routes();
  }

  /** Every route of the app. @throws UndeclaredRouteError that names each route without a declaration */
  routes(): DeclaredRoute[] {
    const declared: DeclaredRoute[] = [];
    const missing: string[] = [];
    for (const { metatype } of this.discovery.getControllers()) {
      const prototype = metatype?.prototype as Record<string, unknown> | undefined;
      if (prototype === undefined || metatype === null) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[method];
        if (typeof handler !== 'function' || !isRoute(handler)) continue;
        const name = `${metatype.name}.${method}`;
        const access = accessOf(handler);
        if (access === undefined) missing.push(name);
        else declared.push({ name, access });
      }
    }
    if (missing.length > 0) {
      throw new UndeclaredRouteError(
        `Routes without @Requires() or @Public(): ${missing.sort().join(', ')}`,
      );
    }
    return declared;
  }
}

const isRoute = (handler: object): boolean =>
  Reflect.hasMetadata(PATH_METADATA, handler) && Reflect.hasMetadata(METHOD_METADATA, handler);
