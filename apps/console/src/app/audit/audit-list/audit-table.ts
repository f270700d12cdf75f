import { AuditPage, type AuditEvent } from '@drm/contracts';
import type { TableConfig, TableFilter } from '../../ui/data-table/table-config.ts';

export const AUDIT_URL = '/api/v1/audit';

/** Who it was, in words. */
export function actorWords(event: AuditEvent): string {
  if (event.actorName !== null) return event.actorName;
  const kinds = {
    user: 'A user',
    api_key: 'An API key',
    system: 'System',
    anonymous: 'Nobody signed in',
  };
  return kinds[event.actorKind];
}

export const targetWords = (event: AuditEvent): string | null =>
  event.targetName ?? event.targetId ?? null;

export const auditTable = (actors: TableFilter['options']): TableConfig<AuditEvent> => ({
  name: 'Audit log',
  url: AUDIT_URL,
  parse: (body) => AuditPage.parse(body),
  rowId: (event) => event.id,
  rowLabel: (event) => `${event.action} by ${actorWords(event)}`,
  columns: [
    { id: 'action', title: 'Action', cell: (event) => event.action },
    { id: 'at', title: 'When', cell: (event) => event.at, kind: 'age' },
    { id: 'actor', title: 'Who', cell: actorWords },
    { id: 'target', title: 'What', cell: targetWords },
    { id: 'outcome', title: 'Outcome', cell: (event) => event.outcome },
    { id: 'reason', title: 'Reason', cell: (event) => event.reason, isHidden: true },
    { id: 'address', title: 'From', cell: (event) => event.address, kind: 'code' },
    {
      id: 'correlationId',
      title: 'Reference',
      cell: (event) => event.correlationId,
      kind: 'code',
      isHidden: true,
    },
  ],
  filters: [
    actors && actors.length > 0
      ? { key: 'actorId', title: 'Who', kind: 'select', options: actors }
      : { key: 'actorId', title: 'Who (id)', kind: 'text' },
    {
      key: 'action',
      title: 'Action',
      kind: 'text',
      placeholder: 'device. or device.create',
    },
    { key: 'targetId', title: 'Object (id)', kind: 'text' },
  ],
  queryKeys: ['from', 'to'],
  empty: {
    heading: 'Nothing was recorded yet',
    text: 'Every change and every sign-in is written here.',
  },
});
