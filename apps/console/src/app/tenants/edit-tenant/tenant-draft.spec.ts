import { describe, expect, it } from '@jest/globals';
import { createOf, draftOf, slugFrom, updateOf } from './tenant-draft.ts';

describe('tenant draft', () => {
  it('makes a short name of a name', () => {
    expect(slugFrom('  Acme Broadband AG ')).toBe('acme-broadband-ag');
    expect(slugFrom('Zürich & Söhne')).toBe('zurich-sohne');
    expect(slugFrom('x'.repeat(60))).toHaveLength(40);
  });
  it('leaves empty limits to the server', () => {
    expect(createOf({ ...draftOf(null), name: 'Acme' }).data).toEqual({
      name: 'Acme',
      slug: 'acme',
      quotas: {},
    });
  });
  it('refuses limits out of range', () => {
    expect(updateOf({ ...draftOf(null), name: 'Acme', maxRunning: 0 }).success).toBe(false);
  });
});
