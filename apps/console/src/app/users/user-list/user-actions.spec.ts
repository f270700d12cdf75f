import { describe, expect, it, jest } from '@jest/globals';
import type { User } from '@drm/contracts';
import { userActions, type UserVerbs } from './user-actions.ts';

const verbs: UserVerbs = {
  changeRole: jest.fn(),
  setStatus: jest.fn(),
  resetLink: jest.fn(),
  remove: jest.fn(),
};
const user = (over: Partial<User>) => ({ id: 'u', status: 'active', ...over }) as User;
const admin = { id: 'me', mayAdminister: true };

describe('userActions', () => {
  it('offers nothing to those who may only read', () => {
    expect(userActions(user({}), { id: 'me', mayAdminister: false }, verbs)).toEqual([]);
  });

  it('does not let people lock themselves out', () => {
    const reasons = userActions(user({ id: 'me' }), admin, verbs).map((a) => a.disabledReason);
    expect(reasons.filter((reason) => reason)).toHaveLength(3);
  });

  it('offers to enable who is disabled', () => {
    const labels = userActions(user({ status: 'disabled' }), admin, verbs).map((a) => a.label);
    expect(labels).toContain('Enable');
  });
});
