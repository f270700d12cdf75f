import type { User } from '@drm/contracts';
import type { RowAction } from '../../ui/data-table/table-config.ts';

export interface UserVerbs {
  readonly changeRole: (user: User) => void;
  readonly setStatus: (user: User) => void;
  readonly resetLink: (user: User) => void;
  readonly remove: (user: User) => void;
}

/** What may be done with a user. Nobody can lock themselves out: these actions are off, with the reason. */
export function userActions(
  user: User,
  self: { readonly id: string; readonly mayAdminister: boolean },
  verbs: UserVerbs,
): readonly RowAction<User>[] {
  if (!self.mayAdminister) return [];
  const own = user.id === self.id ? 'This is you. Another administrator can do it.' : null;
  const platform = user.platformAdmin
    ? 'Platform administrators are not managed by a tenant.'
    : null;
  const disabledReason = own ?? platform;
  return [
    { id: 'role', label: 'Change role', icon: 'role', disabledReason, run: verbs.changeRole },
    {
      id: 'reset',
      label: 'Make a password link',
      icon: 'link',
      disabledReason:
        platform ??
        (user.status === 'disabled' ? 'The user is disabled. Enable them first.' : null),
      run: verbs.resetLink,
    },
    {
      id: 'status',
      label: user.status === 'disabled' ? 'Enable' : 'Disable',
      icon: user.status === 'disabled' ? 'ok' : 'pause',
      disabledReason,
      run: verbs.setStatus,
    },
    {
      id: 'remove',
      label: 'Remove from the tenant',
      icon: 'delete',
      isDanger: true,
      disabledReason,
      run: verbs.remove,
    },
  ];
}
