import { describe, expect, it } from '@jest/globals';
import { PERMISSION_NAMES } from '@drm/contracts';
import { inOrder, permissionGroups, refusalReason, togglePermission } from './permission-matrix.ts';

describe('permission matrix', () => {
  it('shows every permission of the contract exactly once', () => {
    const shown = permissionGroups().flatMap((group) => group.permissions.map((p) => p.name));
    expect([...shown].sort()).toEqual([...PERMISSION_NAMES].sort());
  });

  it('ticks what a permission needs', () => {
    expect(inOrder(togglePermission(new Set(), 'jobs:run'))).toEqual([
      'devices:read',
      'jobs:read',
      'jobs:run',
    ]);
  });

  it('takes away what cannot be without it', () => {
    const chosen = new Set(['devices:read', 'devices:write', 'jobs:read', 'audit:read'] as const);
    expect(inOrder(togglePermission(chosen, 'devices:read'))).toEqual(['audit:read']);
  });

  it('says why a permission cannot be given', () => {
    const own = new Set(['devices:read', 'tenants:admin']);
    expect(refusalReason('devices:read', own)).toBeNull();
    expect(refusalReason('audit:read', own)).toMatch(/yourself/);
    expect(refusalReason('tenants:admin', own)).toMatch(/platform/);
  });
});
