import type { OpenAPIObject } from '@nestjs/swagger';
import type { DeclaredRoute } from '@drm/auth';
import { SUMMARIES } from './summaries.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PREFIX = '/api/v1';

/** Puts into each operation its line, who may call it, and for public ones that no token is needed. */
export function describeRoutes(document: OpenAPIObject, routes: readonly DeclaredRoute[]): void {
  const access = new Map(routes.map((route) => [route.name.replace('.', '_'), route.access]));
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const summary = SUMMARIES[`${method.toUpperCase()} ${path.replace(PREFIX, '')}`];
      if (summary !== undefined) operation.summary = summary;
      const declared = access.get(operation.operationId ?? '');
      if (declared?.kind === 'public') {
        operation.security = [];
      } else if (declared !== undefined && declared.permissions.length > 0) {
        const names = declared.permissions.map((name) => `\`${name}\``).join(', ');
        operation.description = `Needs ${names}. ${operation.description ?? ''}`.trim();
      }
    }
  }
}
