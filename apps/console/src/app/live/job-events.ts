import {
  JOB_EVENTS,
  type ExecutionChangedEvent,
  type Job,
  type JobEventName,
  type JobProgressEvent,
} from '@drm/contracts';
import { endedCount, isTerminal, openCount } from '@drm/domain';
import type { StreamMessage } from './event-stream-parser.ts';

/** What the stream has told of one job. `reloads` grows when the job must be fetched again. */
export interface JobLiveState {
  readonly progress: JobProgressEvent | null;
  /** Newest change of each execution, oldest first; at most 2,000 are kept. */
  readonly changes: ReadonlyMap<string, ExecutionChangedEvent>;
  readonly reloads: number;
  readonly sessionExpiring: boolean;
}

export const EMPTY_JOB_LIVE: JobLiveState = {
  progress: null,
  changes: new Map(),
  reloads: 0,
  sessionExpiring: false,
};

const KEPT_CHANGES = 2_000;

export type JobEvent =
  | { readonly name: 'job.progress' | 'job.ended'; readonly data: JobProgressEvent }
  | { readonly name: 'execution.changed'; readonly data: { items: ExecutionChangedEvent[] } }
  | { readonly name: 'reset' | 'session.expiring' };

/** Null for an event this console does not know or cannot read: a newer server may say more. */
export function parseJobEvent(message: StreamMessage): JobEvent | null {
  if (!(message.event in JOB_EVENTS)) return null;
  try {
    const name = message.event as JobEventName;
    return { name, data: JOB_EVENTS[name].parse(JSON.parse(message.data)) } as JobEvent;
  } catch {
    return null;
  }
}

/** A job that was fetched, in the form of the event, so that polling and streaming share one reducer. */
export const progressOf = (job: Job): JobEvent => ({
  name: job.state === 'ended' ? 'job.ended' : 'job.progress',
  data: {
    jobId: job.id,
    state: job.state,
    outcome: job.outcome,
    paused: job.paused,
    cancelling: job.cancelling,
    targetCount: job.targetCount,
    counts: job.counts,
  },
});

/**
 * Applies one event. Every event may come twice (a reconnect resumes a little early) and changes nothing then:
 * counters are absolute and never go back, a change is dropped when a newer one of that execution is known.
 * Counters that do not add up mean that something is missing: reload.
 */
export function reduceJobEvent(state: JobLiveState, event: JobEvent): JobLiveState {
  switch (event.name) {
    case 'reset':
      return { ...EMPTY_JOB_LIVE, progress: state.progress, reloads: state.reloads + 1 };
    case 'session.expiring':
      return { ...state, sessionExpiring: true };
    case 'execution.changed':
      return { ...state, changes: withChanges(state.changes, event.data.items) };
    case 'job.progress':
    case 'job.ended':
      return withProgress(state, event.data);
  }
}

function withProgress(state: JobLiveState, progress: JobProgressEvent): JobLiveState {
  const before = state.progress;
  if (before) {
    if (before.state === 'ended' && progress.state !== 'ended') return state;
    if (endedCount(progress.counts) < endedCount(before.counts)) return state;
  }
  const gap =
    progress.state !== 'expanding' &&
    endedCount(progress.counts) + openCount(progress.counts) !== progress.targetCount;
  const ended = progress.state === 'ended' && before !== null && before.state !== 'ended';
  return { ...state, progress, reloads: state.reloads + (gap || ended ? 1 : 0) };
}

function withChanges(
  known: ReadonlyMap<string, ExecutionChangedEvent>,
  items: readonly ExecutionChangedEvent[],
): ReadonlyMap<string, ExecutionChangedEvent> {
  const changes = new Map(known);
  for (const item of items) {
    const before = changes.get(item.executionId);
    if (before && (isTerminal(before.status) || before.at > item.at)) continue;
    changes.delete(item.executionId);
    changes.set(item.executionId, item);
  }
  for (const oldest of changes.keys()) {
    if (changes.size <= KEPT_CHANGES) break;
    changes.delete(oldest);
  }
  return changes;
}
