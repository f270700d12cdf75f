import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Everything but scripts and styles of our own is refused; styles of components carry the page's nonce. */
export const contentSecurityPolicy = (nonce: string, connect: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    `connect-src 'self'${connect === '' ? '' : ` ${connect}`}`,
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types angular angular#bundler',
  ].join('; ');

export const freshNonce = (): string => randomBytes(16).toString('base64url');

const FIXED: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
];
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Sets the headers every answer has, errors included. Pages replace the policy by their own. */
export function setSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (_request, reply: FastifyReply, done) => {
    for (const [name, value] of FIXED) reply.header(name, value);
    reply.header('content-security-policy', API_POLICY);
    done();
  });
}
