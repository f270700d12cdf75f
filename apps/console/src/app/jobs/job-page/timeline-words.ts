import type { TimelineEvent } from '@drm/contracts';
import { waitingWords } from '../job-words.ts';

const KINDS: Readonly<Record<string, string>> = {
  created: 'Created',
  queued: 'Queued',
  waiting: 'Waiting',
  dispatched: 'Sent to a worker',
  running: 'Started',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
  retry: 'To be tried again',
};

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** One event of an execution in words. Kinds of a newer server are shown as they are. */
export function timelineWords(event: TimelineEvent): string {
  const { kind, data } = event;
  const name = kind.split('.').at(-1) ?? kind;
  const status = text(data['status']) ?? name;
  const head = KINDS[status] ?? KINDS[name] ?? kind.replaceAll(/[._]/g, ' ');
  const reason = text(data['waitingReason']) ?? text(data['reason']);
  const code = text(data['errorCode']) ?? text(data['code']);
  const attempt = data['attempt'];
  return [
    head,
    typeof attempt === 'number' && attempt > 0 ? `attempt ${attempt}` : null,
    reason === null ? null : waitingWords(reason),
    code,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
