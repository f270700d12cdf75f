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
  progress: 'At work',
};

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** `walk, 300 of 1000`: how far an operation has come. */
function progressWords({ kind, data }: TimelineEvent): string | null {
  if (!kind.endsWith('progress')) return null;
  const { phase, done, total } = data;
  const count = typeof done === 'number' ? String(done) : null;
  const of = typeof total === 'number' ? ` of ${total}` : '';
  return [text(phase), count === null ? null : `${count}${of}`].filter(Boolean).join(', ') || null;
}

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
    progressWords(event),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
