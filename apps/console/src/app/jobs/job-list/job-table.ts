import { JobPage, OPERATION_KINDS, type Job } from '@drm/contracts';
import { endedCount } from '@drm/domain';
import { jobPath } from '../../app.paths.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { jobStateWords, KIND_WORDS, operationWords } from '../job-words.ts';
import { JOBS_URL } from '../jobs-api.ts';

export const jobTable: TableConfig<Job> = {
  name: 'Jobs',
  url: JOBS_URL,
  parse: (body) => JobPage.parse(body),
  rowId: (job) => job.id,
  rowLabel: (job) => job.name,
  rowLink: (job) => jobPath(job.id),
  columns: [
    { id: 'name', title: 'Job', cell: (job) => job.name },
    { id: 'state', title: 'State', cell: (job) => jobStateWords(job) },
    { id: 'operation', title: 'Operation', cell: (job) => operationWords(job.operation) },
    { id: 'progress', title: 'Progress', cell: (job) => endedCount(job.counts) },
    { id: 'failed', title: 'Failed', cell: (job) => job.counts.failed, kind: 'number' },
    { id: 'requestedBy', title: 'Requested by', cell: (job) => job.requestedBy.name },
    { id: 'createdAt', title: 'Created', cell: (job) => job.createdAt, kind: 'age' },
    { id: 'endedAt', title: 'Ended', cell: (job) => job.endedAt, kind: 'age', isHidden: true },
    { id: 'protocol', title: 'Protocol', cell: (job) => job.protocol, isHidden: true },
  ],
  filters: [
    {
      key: 'state',
      title: 'State',
      kind: 'select',
      options: [
        { value: 'active', label: 'Active' },
        { value: 'ended', label: 'Ended' },
      ],
    },
    {
      key: 'kind',
      title: 'Operation',
      kind: 'select',
      options: OPERATION_KINDS.map((value) => ({ value, label: KIND_WORDS[value] })),
    },
  ],
  queryKeys: ['deviceId'],
  empty: {
    heading: 'No job yet',
    text: 'Choose devices and run an operation on them: each becomes a job that you can watch here.',
  },
};
