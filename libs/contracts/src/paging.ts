import * as z from 'zod';

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 200;

/** The query keys of every list. The cursor is opaque: it is what the last page returned, or absent. */
export const pageQuery = {
  cursor: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .meta({ description: 'nextCursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
};

/** Every list answers with this shape; `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}
