import { describe, expect, it } from '@jest/globals';
import { comparePositions, eventId, positionOf } from './event-id.ts';

describe('event ids', () => {
  it('carry a position there and back within one epoch', () => {
    const position = { tx: '18446744073709551615', pos: '9223372036854775807' };
    expect(positionOf(eventId(3, position), 3)).toEqual(position);
    expect(positionOf(eventId(3, position), 4)).toBeNull();
  });

  it.each(['', 'x', '1.2', '1.2.3.4', '1.-2.3', "1.2.3' OR 1=1"])('refuse %s', (id) => {
    expect(positionOf(id, 1)).toBeNull();
  });

  it('order by transaction, then by place', () => {
    const at = (tx: string, pos: string) => ({ tx, pos });
    expect(comparePositions(at('9', '1'), at('10', '0'))).toBe(-1);
    expect(comparePositions(at('10', '2'), at('10', '1'))).toBe(1);
    expect(comparePositions(at('10', '2'), at('10', '2'))).toBe(0);
  });
});
