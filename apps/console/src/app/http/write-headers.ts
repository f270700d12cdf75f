import { uuidV7 } from '@drm/domain';

/** `If-Match` for a change of an object that was read at this version. */
export const ifMatch = (version: number): { 'If-Match': string } => ({
  'If-Match': `"${version}"`,
});

/** A fresh `Idempotency-Key`. Keep it for the retries of the same request. */
export const idempotencyKey = (): { 'Idempotency-Key': string } => ({
  'Idempotency-Key': uuidV7(),
});
