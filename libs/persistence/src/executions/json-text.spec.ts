import { describe, expect, it } from '@jest/globals';
import { jsonText } from './json-text.ts';

describe('jsonText', () => {
  it('replaces what jsonb refuses and nothing else', () => {
    const text = jsonText({
      nul: 'a\0b',
      lone: 'x\ud800y',
      pair: '😀',
      path: 'C:\\u0000',
      back: '\\',
    });
    expect(JSON.parse(text)).toEqual({
      nul: 'a\ufffdb',
      lone: 'x\ufffdy',
      pair: '😀',
      path: 'C:\\u0000',
      back: '\\',
    });
  });
});
