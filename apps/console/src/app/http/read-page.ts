import type { Page } from '@drm/contracts';

/**
 * Checks the outer shape of a list's answer. The first list and what stands around it use this instead of the contract's zod schema:
 * zod would be a sixth of the first download.
 * @throws TypeError when the body is no page
 */
export function readPage<Item>(body: unknown): Page<Item> {
  const page = body as Partial<Page<Item>> | null;
  if (
    typeof page !== 'object' ||
    page === null ||
    !Array.isArray(page.items) ||
    !(page.nextCursor === null || typeof page.nextCursor === 'string')
  ) {
    throw new TypeError('not a page of a list');
  }
  return { items: page.items, nextCursor: page.nextCursor };
}
