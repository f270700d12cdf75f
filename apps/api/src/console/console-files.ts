import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { ConsoleConfig } from '@drm/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { contentSecurityPolicy, freshNonce } from '../http/security-headers.ts';

interface ConsoleFilesOptions {
  readonly folder: string;
  readonly config: ConsoleConfig;
}

/** Paths that are never pages of the console. */
const RESERVED = /^\/(api|docs|redoc|openapi\.json|metrics|jobs\/events)(\/|$|\?)/;
/** Stands in the built page where the nonce of the answer goes. */
const NONCE = 'CSP_NONCE';
const PAGE_HEADERS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'permissions-policy',
  'referrer-policy',
  'x-correlation-id',
];
const HASHED = /-[\w-]{8}\.(js|css)$/;

/**
 * Serves the built console: hashed files for a year, the page itself never cached and with a fresh style nonce,
 * `/config.json` from the environment, and the page for every deep link.
 */
export async function serveConsole(
  server: FastifyInstance,
  options: ConsoleFilesOptions,
): Promise<void> {
  const indexFile = join(options.folder, 'index.html');
  if (!existsSync(indexFile))
    throw new Error('CONSOLE_DIR holds no index.html: build the console first.');
  const page = readFileSync(indexFile, 'utf8');
  const connect = options.config.apiBaseUrl;

  const sendPage = (reply: FastifyReply): FastifyReply => {
    const nonce = freshNonce();
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurityPolicy(nonce, connect))
      .send(page.replaceAll(NONCE, nonce));
  };

  server.get('/config.json', (_request, reply) =>
    reply.type('application/json').header('cache-control', 'no-store').send(options.config),
  );
  server.get('/', (_request, reply) => sendPage(reply));
  server.get('/index.html', (_request, reply) => sendPage(reply));
  await server.register(fastifyStatic, {
    root: options.folder,
    wildcard: false,
    index: false,
    globIgnore: ['index.html', 'config.json'],
    preCompressed: true,
    cacheControl: false,
    lastModified: false,
    acceptRanges: false,
    setHeaders: (reply, path) => {
      const cached = HASHED.test(path.replace(/\.(br|gz)$/, ''));
      void reply.header(
        'cache-control',
        cached ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      // They speak to pages only, and dozens of files come with every first load.
      for (const name of PAGE_HEADERS) void reply.removeHeader(name);
    },
  });
  server.get('/*', (request, reply) => {
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (RESERVED.test(request.url) || !wantsPage) return reply.callNotFound();
    return sendPage(reply);
  });
}
