import * as z from 'zod';
import { pageOf, pageQuery } from './paging.ts';
import { Id, Json, Timestamp } from './primitives.ts';

export const ACTOR_KINDS = ['user', 'api_key', 'system', 'anonymous'] as const;

/** One line of the audit log. `action` is `<thing>.<verb>`, e.g. `device.create`, `tenant.enter`. */
export const AuditEvent = z
  .object({
    id: Id,
    at: Timestamp,
    actorKind: z.enum(ACTOR_KINDS),
    actorId: Id.nullable(),
    actorName: z.string().nullable(),
    action: z.string(),
    targetKind: z.string().nullable(),
    targetId: z.string().nullable(),
    targetName: z.string().nullable(),
    outcome: z.enum(['success', 'refused', 'failure']),
    reason: z.string().nullable(),
    address: z.string().nullable(),
    correlationId: z.string().nullable(),
    data: z.record(z.string(), Json),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditQuery = z.strictObject({
  ...pageQuery,
  action: z
    .string()
    .max(80)
    .optional()
    .meta({ description: 'exact, or a prefix that ends in a dot' }),
  actorId: Id.optional(),
  targetId: z.string().max(80).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type AuditQuery = z.output<typeof AuditQuery>;
export const AuditPage = pageOf(AuditEvent, 'AuditPage');
