import type { ApiKey } from '@drm/contracts';

export type KeyState = 'usable' | 'expired' | 'revoked';

export function keyState(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked';
  return Date.parse(key.expiresAt) <= now ? 'expired' : 'usable';
}

export const KEY_STATE_WORDS: Readonly<Record<KeyState, string>> = {
  usable: 'Usable',
  expired: 'Expired',
  revoked: 'Revoked',
};
