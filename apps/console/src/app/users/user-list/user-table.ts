import { USER_STATUSES, UserPage, type User } from '@drm/contracts';
import type { RowAction, TableConfig } from '../../ui/data-table/table-config.ts';
import { USERS_URL } from '../users-api.ts';

export const USER_STATUS_WORDS: Readonly<Record<User['status'], string>> = {
  invited: 'Invited',
  active: 'Active',
  disabled: 'Disabled',
};

export const userTable = (
  rowActions: (user: User) => readonly RowAction<User>[],
): TableConfig<User> => ({
  name: 'Users',
  url: USERS_URL,
  parse: (body) => UserPage.parse(body),
  rowId: (user) => user.id,
  rowLabel: (user) => user.displayName,
  columns: [
    { id: 'displayName', title: 'Name', cell: (user) => user.displayName },
    { id: 'email', title: 'E-mail', cell: (user) => user.email },
    { id: 'role', title: 'Role', cell: (user) => user.roleName },
    { id: 'status', title: 'Status', cell: (user) => USER_STATUS_WORDS[user.status] },
    { id: 'lastLoginAt', title: 'Last sign-in', cell: (user) => user.lastLoginAt, kind: 'age' },
    {
      id: 'createdAt',
      title: 'Added',
      cell: (user) => user.createdAt,
      kind: 'age',
      isHidden: true,
    },
  ],
  filters: [
    { key: 'q', title: 'Search', kind: 'search', placeholder: 'Name or e-mail' },
    {
      key: 'status',
      title: 'Status',
      kind: 'select',
      options: USER_STATUSES.map((value) => ({ value, label: USER_STATUS_WORDS[value] })),
    },
  ],
  rowActions,
  empty: { heading: 'Nobody here yet', text: 'Invite the people who work with this tenant.' },
});
