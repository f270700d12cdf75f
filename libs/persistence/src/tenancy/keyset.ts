import { DomainError } from '@drm/domain';

/** The sort key and id of the last row of a page, as plain text or null. */
export type CursorParts = readonly (string | number | null)[];

/** Makes an opaque cursor. `list` and `sort` are inside, so that a cursor of one list is refused by another. */
export const encodeCursor = (list: string, sort: string, parts: CursorParts): string =>
  Buffer.from(JSON.stringify([list, sort, ...parts])).toString('base64url');

/** @throws DomainError `request.bad_cursor` unless this very list and sort made it */
export function decodeCursor(
  list: string,
  sort: string,
  cursor: string,
  length: number,
): CursorParts {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(parsed) &&
      parsed.length === length + 2 &&
      parsed[0] === list &&
      parsed[1] === sort
    ) {
      const parts = parsed.slice(2) as unknown[];
      if (
        parts.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
      ) {
        return parts as CursorParts;
      }
    }
  } catch {
    // Falls through: not ours.
  }
  throw new DomainError('request.bad_cursor', 'Begin again without a cursor.');
}

/**
 * Cuts a page out of `limit + 1` rows: the extra row only tells that a next page exists.
 * @param cursorOf the cursor that continues after a row
 */
export function pageFrom<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
