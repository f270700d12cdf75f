import type { AuditQuery } from '@drm/contracts';
import { DomainError } from '@drm/domain';

export interface SqlFilter {
  readonly conditions: readonly string[];
  readonly params: readonly unknown[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Turns the query into conditions that the indexes of audit_event serve: `=`, `<`, `>=` and nothing that is not
 * leakproof. `before` is the id the page before ended with.
 * @throws DomainError `request.bad_cursor`
 */
export function auditFilter(tenantId: string, query: AuditQuery, before: string | null): SqlFilter {
  const params: unknown[] = [tenantId];
  const conditions = ['tenant_id = $1'];
  const add = (condition: (place: string) => string, value: unknown): void => {
    params.push(value);
    conditions.push(condition(`$${params.length}`));
  };
  if (before !== null) {
    if (!UUID.test(before)) throw new DomainError('request.bad_cursor');
    add((place) => `id < ${place}`, before);
  }
  if (query.action?.endsWith('.') === true) {
    add((place) => `action >= ${place}`, query.action);
    // '/' follows '.' in the C collation: everything that begins with the prefix lies below.
    add((place) => `action < ${place}`, `${query.action.slice(0, -1)}/`);
  } else if (query.action !== undefined) {
    add((place) => `action = ${place}`, query.action);
  }
  if (query.actorId !== undefined) add((place) => `actor_id = ${place}`, query.actorId);
  if (query.targetId !== undefined) add((place) => `target_id = ${place}`, query.targetId);
  if (query.from !== undefined) add((place) => `id >= ${place}`, firstIdAt(Date.parse(query.from)));
  if (query.to !== undefined) add((place) => `id < ${place}`, firstIdAt(Date.parse(query.to) + 1));
  return { conditions, params };
}

/** The least UUIDv7 of a millisecond. */
function firstIdAt(milliseconds: number): string {
  const hex = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
