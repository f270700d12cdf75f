import type { DeviceParameter, ValueState } from '@drm/contracts';
import type { IconName } from '../../ui/icon-paths.ts';
import type { Tone } from '../../ui/status-chip.ts';
import { durationText, numberText } from '../../ui/time.ts';
import { visibleText } from '../../ui/visible-text.ts';

interface StateWords {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

/** Absent, empty, unreadable and unsupported are different things, and each has its word. */
export const VALUE_STATE_WORDS: Readonly<Record<ValueState, StateWords>> = {
  known: { label: 'Known', tone: 'ok', icon: 'ok' },
  never_read: { label: 'Never read', tone: 'idle', icon: 'unknown' },
  not_supported: { label: 'Not supported', tone: 'idle', icon: 'close' },
  unreadable: { label: 'Not readable', tone: 'warn', icon: 'lock' },
};

const COUNTERS: ReadonlySet<string> = new Set([
  'counter32',
  'counter64',
  'gauge32',
  'int',
  'unsignedInt',
  'long',
  'unsignedLong',
]);

/** The value in words for people; null when there is none to show (the state says why). */
export function valueWords(
  parameter: Pick<DeviceParameter, 'state' | 'type' | 'value'>,
): string | null {
  const { state, type, value } = parameter;
  if (state !== 'known' || value === null) return null;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (type === 'timeTicks' && /^\d+$/.test(String(value))) {
    return `${durationText(Number(value) / 100)} (${numberText(String(value))} ticks)`;
  }
  if (type !== null && COUNTERS.has(type)) return numberText(value);
  return visibleText(String(value));
}
