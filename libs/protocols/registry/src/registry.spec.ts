import { describe, expect, it } from '@jest/globals';
import { PROTOCOLS, protocolById } from './index.ts';

describe('PROTOCOLS', () => {
  it('finds a protocol by its id, and no other', () => {
    for (const protocol of PROTOCOLS) expect(protocolById(protocol.id)).toBe(protocol);
    expect(protocolById('carrier-pigeon')).toBeNull();
  });

  it('has no id twice', () => {
    expect(new Set(PROTOCOLS.map(({ id }) => id)).size).toBe(PROTOCOLS.length);
  });
});
