import { describe, expect, it } from '@jest/globals';
import { timelineWords } from './timeline-words.ts';

const event = (kind: string, data = {}) => ({ seq: 1, at: '2026-01-01T00:00:00Z', kind, data });

describe('timelineWords', () => {
  it('says what happened, which attempt and why', () => {
    expect(timelineWords(event('running', { attempt: 2 }))).toBe('Started · attempt 2');
    expect(timelineWords(event('execution.waiting', { waitingReason: 'backoff' }))).toBe(
      'Waiting · the last attempt failed; it is tried again',
    );
    expect(timelineWords(event('failed', { errorCode: 'snmp.timeout' }))).toBe(
      'Failed · snmp.timeout',
    );
  });

  it('shows what it does not know as it is', () => {
    expect(timelineWords(event('lease_lost'))).toBe('lease lost');
  });
});
