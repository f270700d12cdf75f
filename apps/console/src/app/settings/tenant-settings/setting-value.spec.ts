import { describe, expect, it } from '@jest/globals';
import type { Setting } from '@drm/contracts';
import { parseSetting } from './setting-value.ts';

const setting = (key: string, value: Setting['value']): Setting => ({
  key,
  title: key,
  description: '',
  value,
  isDefault: true,
  updatedAt: null,
});

describe('parseSetting', () => {
  it('keeps the type of the setting', () => {
    expect(parseSetting(setting('jobs.max_attempts', 3), ' 5 ')).toEqual({ value: 5 });
    expect(parseSetting(setting('snmp.allow_weak_writes', true), false)).toEqual({ value: false });
  });
  it('says what is wrong', () => {
    expect(parseSetting(setting('jobs.max_attempts', 3), 'many')).toEqual({
      message: 'Enter a number.',
    });
    expect(parseSetting(setting('jobs.max_attempts', 3), '99')).toHaveProperty('message');
  });
  it('leaves a setting it does not know to the server', () => {
    expect(parseSetting(setting('future.thing', 'a'), 'b')).toEqual({ value: 'b' });
  });
});
