import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES, PERMISSION_NAMES } from '@drm/contracts';
import { effectivePermissions } from './effective-permissions.ts';

describe('effectivePermissions', () => {
  it('takes built-in roles from this build, whatever is stored', () => {
    expect([...effectivePermissions('viewer', ['users:admin'], false)]).toEqual([
      ...BUILT_IN_ROLES.viewer.permissions,
    ]);
  });

  it('takes custom roles as stored, without names nobody knows', () => {
    expect([
      ...effectivePermissions('0198', ['jobs:run', 'gone:long-ago', 'constructor'], false),
    ]).toEqual(['jobs:run']);
  });

  it('gives tenants:admin to platform administrators and to nobody by a role', () => {
    expect(effectivePermissions('platform-admin', [], false).has('tenants:admin')).toBe(false);
    expect(effectivePermissions('0198', ['tenants:admin'], false).size).toBe(0);
    expect([...effectivePermissions('viewer', [], true)]).toContain('tenants:admin');
  });

  it('gives a platform administrator who entered everything', () => {
    expect([...effectivePermissions(null, null, true)].sort()).toEqual(
      [...PERMISSION_NAMES].sort(),
    );
  });
});
