import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cookie from '@fastify/cookie';
import { corsOriginsOf } from '@drm/auth';
import {
  createLogger,
  HttpMetrics,
  NestLogger,
  registerCorrelation,
  requestIdOf,
  type AnsweredRequest,
} from '@drm/telemetry';
import { ApiModule } from './api.module.ts';
import type { ApiSettings } from './api-settings.ts';
import { serveConsole } from './console/console-files.ts';

import { ProblemFilter } from './http/problem.filter.ts';
import { invalidRequest } from './http/problem.ts';
import { ReturnsInterceptor } from './http/returns.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { serveApiDocs } from './openapi/openapi.ts';
import { version } from './version.ts';

/** Time a request may take to arrive whole: an import of 100,000 rows over a slow line takes minutes. */
const REQUEST_TIMEOUT_MS = 300_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;

const PROBES: ReadonlySet<string> = new Set(['/api/v1/health', '/api/v1/readiness']);

/** One line a request; probes of health come every few seconds and say nothing new. */
function accessLog(level: string): (answered: AnsweredRequest) => void {
  const logger = createLogger('api', level);
  return ({ method, route, status, elapsedMs }) => {
    if (PROBES.has(route)) return;
    logger.info(
      { method, route, status, elapsed_ms: Math.round(elapsedMs * 10) / 10 },
      'request answered',
    );
  };
}

/** Routes that stay open on purpose. */
const EVENT_STREAMS = ['/api/v1/jobs/events/:jobId'];

/** Builds the api, ready to listen. Everything a test needs of it is here. */
export async function createApi(settings: ApiSettings): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: settings.BODY_LIMIT_BYTES,
    genReqId: requestIdOf,
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/jobs/events/') ? `/api/v1${url}` : url),
    trustProxy: settings.TRUST_PROXY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: 200 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.forRoot(settings),
    adapter,
    {
      bufferLogs: true,
      abortOnError: false,
      // Fastify's own JSON parser is the only one: forms and plain text are answered with 415.
      bodyParser: false,
    },
  );
  app.useLogger(app.get(NestLogger));
  app.setGlobalPrefix('api/v1');
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest }));
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalInterceptors(new ReturnsInterceptor(app.get(Reflector)));
  app.enableShutdownHooks();

  const server = adapter.getInstance();
  server.removeContentTypeParser('text/plain');
  setSecurityHeaders(server);
  registerCorrelation(server);
  app
    .get(HttpMetrics)
    .register(server, { streams: EVENT_STREAMS, onAnswered: accessLog(settings.LOG_LEVEL) });
  await app.register(cookie as never);
  const origins = corsOriginsOf(settings);
  if (origins.length > 0) {
    app.enableCors({
      origin: origins,
      credentials: true,
      exposedHeaders: ['etag', 'x-correlation-id', 'retry-after'],
    });
  }
  if (settings.ENABLE_DOCS) serveApiDocs(app);
  if (settings.CONSOLE_DIR !== undefined) {
    await serveConsole(server, {
      folder: settings.CONSOLE_DIR,
      config: {
        apiBaseUrl: settings.API_BASE_URL,
        enableSse: settings.ENABLE_SSE,
        version,
        demo: settings.DRM_DEMO,
      },
    });
  }
  return app;
}
