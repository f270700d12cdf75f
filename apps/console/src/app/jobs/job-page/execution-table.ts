import { EXECUTION_STATUSES, ExecutionPage, type Execution } from '@drm/contracts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { STATUS_WORDS } from '../job-words.ts';
import { jobUrl } from '../jobs-api.ts';

/** The executions of one job. The status is a link that opens the details beside the table. */
export const executionTable = (jobId: string): TableConfig<Execution> => ({
  name: 'Executions',
  url: `${jobUrl(jobId)}/executions`,
  parse: (body) => ExecutionPage.parse(body),
  rowId: (execution) => execution.id,
  rowLabel: (execution) => execution.deviceName ?? execution.id,
  columns: [
    { id: 'device', title: 'Device', cell: (row) => row.deviceName ?? row.deviceId },
    { id: 'status', title: 'Status', cell: (row) => STATUS_WORDS[row.status] },
    { id: 'outcome', title: 'Result or reason', cell: (row) => row.error?.message ?? null },
    {
      id: 'attempt',
      title: 'Attempt',
      cell: (row) => `${row.attempt} of ${row.maxAttempts}`,
    },
    { id: 'endedAt', title: 'Ended', cell: (row) => row.endedAt, kind: 'age' },
    { id: 'details', title: 'More', cell: () => null },
    {
      id: 'startedAt',
      title: 'Started',
      cell: (row) => row.startedAt,
      kind: 'age',
      isHidden: true,
    },
  ],
  filters: [
    {
      key: 'status',
      title: 'Status',
      kind: 'select',
      options: EXECUTION_STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] })),
    },
    { key: 'errorCode', title: 'Error code', kind: 'text', placeholder: 'snmp.timeout' },
  ],
  empty: {
    heading: 'No execution yet',
    text: 'The targets of this job are still being collected.',
  },
});
