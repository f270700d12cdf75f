import { describe, expect, it } from '@jest/globals';
import { AuditQuery } from '@drm/contracts';
import { auditFilter } from './audit-filter.ts';

const filter = (query: object, before: string | null = null) =>
  auditFilter('tenant', AuditQuery.parse(query), before);

describe('auditFilter', () => {
  it('always names the tenant', () => {
    expect(filter({})).toEqual({ conditions: ['tenant_id = $1'], params: ['tenant'] });
  });

  it('takes an action as it is, or as a prefix when it ends in a dot', () => {
    expect(filter({ action: 'user.invite' }).conditions[1]).toBe('action = $2');
    expect(filter({ action: 'user.' })).toMatchObject({
      conditions: ['tenant_id = $1', 'action >= $2', 'action < $3'],
      params: ['tenant', 'user.', 'user/'],
    });
  });

  it('turns times into bounds of the ids made then', () => {
    expect(
      filter({ from: '2026-03-01T12:00:00.000Z', to: '2026-03-01T13:00:00+01:00' }).params,
    ).toEqual([
      'tenant',
      '019ca945-0a00-0000-0000-000000000000',
      '019ca945-0a01-0000-0000-000000000000',
    ]);
  });

  it('refuses a cursor that holds no id', () => {
    expect(() => filter({}, "x' OR true --")).toThrow(
      expect.objectContaining({ code: 'request.bad_cursor' }),
    );
  });
});
