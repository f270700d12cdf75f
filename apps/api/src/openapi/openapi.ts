import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SwaggerModule, DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RouteInventory } from '@drm/auth';
import { describeRoutes } from './describe-routes.ts';

const VERSION = '1.0.0';

/** The API as OpenAPI 3, from the contracts the routes declare. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('DRM API')
    .setDescription(
      'Manage devices of many tenants over SNMP, TR-069, USP and WebPA. Sign in with POST /api/v1/auth/login and send the ' +
        'access token, or an API key, as a bearer token. Errors are application/problem+json with a stable `code`. ' +
        'Every list answers `{ items, nextCursor }`; send `nextCursor` back as `cursor`.',
    )
    .setVersion(VERSION)
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  describeRoutes(document, app.get(RouteInventory).routes());
  return document;
}

/** Serves /docs, /redoc and /openapi.json; every asset comes from this process. */
export function serveApiDocs(app: NestFastifyApplication): void {
  const document = describeApi(app);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    // The documentation pages set inline styles, so they have a policy of their own.
    if (/^\/(docs|redoc)(\/|$|\?)/.test(request.url))
      reply.header('content-security-policy', DOCS_POLICY);
    done();
  });
  server.get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs/openapi.json' });

  const bundle = readFileSync(join(redocFolder(), 'bundles', 'redoc.standalone.js'));
  server.get('/redoc/redoc.js', (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'max-age=3600')
      .send(bundle),
  );
  server.get('/redoc', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(REDOC_PAGE),
  );
}

const redocFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('redoc/package.json'));

const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; frame-ancestors 'none'";

const REDOC_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>DRM API</title>
  </head>
  <body>
    <redoc spec-url="/openapi.json" disable-google-font="true"></redoc>
    <script src="/redoc/redoc.js"></script>
  </body>
</html>
`;
