import type { EngineAuditLine, Finish } from '@drm/persistence';
import { isEffectful } from '../jobs/job-submission.ts';
import type { LiveExecution } from './held-execution.ts';

/** Changes of a device are in the audit log one by one; reads only as the job they belong to. */
export function auditOf(held: LiveExecution, finish: Finish): EngineAuditLine | null {
  const { job, claim } = held;
  const isOver = finish.to === 'succeeded' || finish.to === 'failed';
  if (!isEffectful(job.operation) || claim.deviceId === null || !isOver) return null;
  return {
    actor: job.requestedBy,
    action: `device.${job.operation.kind}`,
    targetKind: 'device',
    targetId: claim.deviceId,
    targetName: null,
    outcome: finish.to === 'succeeded' ? 'success' : 'failure',
    address: null,
    correlationId: job.correlationId,
    data: {
      jobId: job.id,
      executionId: claim.executionId,
      attempt: claim.attempt,
      ...(finish.errorCode === null ? {} : { code: finish.errorCode }),
    },
  };
}
