import '@fastify/cookie';
import type { AuthSettings } from '@drm/auth';
import { DomainError } from '@drm/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Over https the prefix makes the browser insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
const SECURE_NAME = '__Host-drm_refresh';
/** http on localhost: a browser would drop a Secure cookie. */
const PLAIN_NAME = 'drm_refresh';
const LONGEST = 256;

const isSecure = (request: FastifyRequest, settings: AuthSettings): boolean =>
  request.protocol === 'https' || settings.publicUrl?.startsWith('https:') === true;

const nameFor = (request: FastifyRequest, settings: AuthSettings): string =>
  isSecure(request, settings) ? SECURE_NAME : PLAIN_NAME;

/** The refresh token of the request; null when there is none. */
export function readRefreshCookie(request: FastifyRequest, settings: AuthSettings): string | null {
  const value = request.cookies[nameFor(request, settings)];
  return value === undefined || value === '' || value.length > LONGEST ? null : value;
}

export function setRefreshCookie(
  reply: FastifyReply,
  settings: AuthSettings,
  token: string,
  maxAgeSeconds: number,
): void {
  void reply.setCookie(nameFor(reply.request, settings), token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(reply.request, settings),
    path: '/',
    maxAge: maxAgeSeconds,
  });
}

export function clearRefreshCookie(reply: FastifyReply, settings: AuthSettings): void {
  setRefreshCookie(reply, settings, '', 0);
}

/**
 * A cookie is sent by the browser whoever asks for it, so routes that trust one check who does. A browser names the
 * origin on every POST; a client that sends neither header is no browser.
 * @throws DomainError `auth.origin_refused`
 */
export function assertOwnOrigin(request: FastifyRequest, settings: AuthSettings): void {
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined) {
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    throw new DomainError('auth.origin_refused');
  }
  if (settings.origins.includes(origin)) return;
  if (origin === `${request.protocol}://${request.headers.host ?? ''}`) return;
  throw new DomainError('auth.origin_refused');
}
