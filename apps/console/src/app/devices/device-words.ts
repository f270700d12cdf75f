import type { Reachability } from '@drm/contracts';
import type { IconName } from '../ui/icon-paths.ts';
import type { Tone } from '../ui/status-chip.ts';

interface StateWords {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

export const REACHABILITY_WORDS: Readonly<Record<Reachability, StateWords>> = {
  reachable: { label: 'Reachable', tone: 'ok', icon: 'ok' },
  unreachable: { label: 'Unreachable', tone: 'bad', icon: 'error' },
  unknown: { label: 'Not known', tone: 'idle', icon: 'unknown' },
};

const HOUR_MS = 3_600_000;

/** Choices of the last-contact filter. They are relative, so that a saved view stays true. */
export const LAST_CONTACT_CHOICES = [
  { value: 'within-1h', label: 'In the last hour', ms: HOUR_MS },
  { value: 'within-24h', label: 'In the last 24 hours', ms: 24 * HOUR_MS },
  { value: 'not-24h', label: 'Not for 24 hours', ms: 24 * HOUR_MS },
  { value: 'not-7d', label: 'Not for 7 days', ms: 7 * 24 * HOUR_MS },
] as const;

/** The API's device filter for the filters of an address; `now` in milliseconds since the epoch. */
export function deviceApiFilters(
  filters: Readonly<Record<string, string>>,
  now: number,
): Record<string, string> {
  const { lastContact, ...same } = filters;
  const choice = LAST_CONTACT_CHOICES.find((known) => known.value === lastContact);
  if (choice === undefined) return same;
  const at = new Date(now - choice.ms).toISOString();
  return choice.value.startsWith('not-')
    ? { ...same, lastContactBefore: at }
    : { ...same, lastContactAfter: at };
}
