import { describe, expect, it } from '@jest/globals';
import type { ParameterValue } from '@drm/contracts';
import { chunkOf, packParameters, unpackParameter } from './parameter-chunk.ts';

const value = (path: string, text: string): ParameterValue => ({
  path,
  state: 'known',
  type: 'string',
  value: text,
  raw: null,
});

describe('chunkOf', () => {
  it.each([
    ['1.3.6.1.2.1.2.2.1.10.3', '1.3.6.1.2.1.2'],
    ['.1.3.6.1.2.1.1.5.0', '1.3.6.1.2.1.1'],
    ['1.3', '1.3'],
    ['Device.WiFi.SSID.1.SSID', 'WiFi'],
    ['Device.', 'Device'],
  ])('%s lies in %s', (path, chunk) => {
    expect(chunkOf(path)).toBe(chunk);
  });
});

describe('packParameters', () => {
  it('keeps the last of two values and gives back what it got', () => {
    const packed = packParameters(
      [value('1.3.6.1.2.1.1.5.0', 'old'), value('1.3.6.1.2.1.1.5.0', 'new')],
      'snmp',
      7,
    );
    const entry = packed.get('1.3.6.1.2.1.1')?.get('1.3.6.1.2.1.1.5.0');
    expect(entry && unpackParameter('1.3.6.1.2.1.1.5.0', entry)).toEqual({
      ...value('1.3.6.1.2.1.1.5.0', 'new'),
      source: 'snmp',
      at: 7,
    });
  });

  it('takes a path named __proto__ as data', () => {
    expect([...packParameters([value('__proto__.x', '1')], 'snmp', 7).keys()]).toEqual(['x']);
  });
});
