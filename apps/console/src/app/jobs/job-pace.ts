import type { JobCounts } from '@drm/contracts';
import { endedCount } from '@drm/domain';

/** How far a job was at a moment (milliseconds since 1970). */
export interface PaceSample {
  readonly at: number;
  readonly ended: number;
}

export interface Pace {
  /** Executions ended a second, over the last half minute; null while unknown. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

const WINDOW_MS = 30_000;

/** Adds a sample and forgets those older than the window, keeping at least two. */
export function addSample(samples: readonly PaceSample[], sample: PaceSample): PaceSample[] {
  const kept = samples.filter(
    (old) => sample.at - old.at <= WINDOW_MS && old.ended <= sample.ended,
  );
  return [...kept, sample];
}

export function paceOf(samples: readonly PaceSample[], targetCount: number): Pace {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 1_000) return { perSecond: null, secondsLeft: null };
  const perSecond = ((last.ended - first.ended) * 1_000) / (last.at - first.at);
  const left = targetCount - last.ended;
  return {
    perSecond,
    secondsLeft: perSecond > 0 && left > 0 ? Math.ceil(left / perSecond) : null,
  };
}

/** 0..100, rounded down so that 100 means every execution has ended. */
export const percentDone = (counts: JobCounts, targetCount: number): number =>
  targetCount === 0 ? 100 : Math.min(100, Math.floor((endedCount(counts) * 100) / targetCount));

/** A rate in the unit in which people can read it. */
export const rateWords = (perSecond: number): string =>
  perSecond >= 10
    ? `${Math.round(perSecond).toLocaleString('en')}/s`
    : perSecond >= 1
      ? `${perSecond.toFixed(1)}/s`
      : `${(perSecond * 60).toFixed(1)}/min`;
