import type { Device } from '@drm/contracts';
import { describe, expect, it } from '@jest/globals';
import { targetsOf } from './device-actions.ts';
import { valueWords } from './device-detail/value-words.ts';
import {
  changeOf,
  conflictsOf,
  createOf,
  draftOf,
  EMPTY_DRAFT,
  mergeDraft,
  tagsOf,
} from './device-form/device-draft.ts';
import { deviceApiFilters } from './device-words.ts';

const device: Device = {
  id: '0199a1b0-0000-7000-8000-000000000001',
  name: 'sw-1',
  serialNumber: 'SN1',
  vendor: 'Vendor',
  model: null,
  softwareVersion: null,
  reachability: 'reachable',
  lastContactAt: null,
  simulated: false,
  tags: ['lab', 'site:berlin'],
  protocols: ['snmp'],
  address: '192.0.2.1:161',
  createdAt: '2026-01-01T00:00:00.000Z',
  description: null,
  endpoints: [],
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 3,
};

describe('device draft', () => {
  it('leaves empty fields out of a new device', () => {
    expect(createOf({ ...EMPTY_DRAFT, name: ' sw ', tags: 'a, b a' })).toEqual({
      ok: true,
      value: { name: 'sw', tags: ['a', 'b'], endpoints: [] },
    });
  });

  it('says what is wrong, by field', () => {
    const result = createOf({ ...EMPTY_DRAFT, name: '', tags: 'not#ok' });
    expect(result.ok ? [] : result.errors.map((error) => error.field)).toEqual(['name', 'tags']);
  });

  it('sends only what changed, and null for what was emptied', () => {
    const draft = { ...draftOf(device), serialNumber: '', model: 'M' };
    expect(changeOf(device, draft)).toEqual({
      ok: true,
      value: { serialNumber: null, model: 'M' },
    });
    expect(changeOf(device, draftOf(device))).toEqual({ ok: true, value: {} });
  });

  it('names what somebody else changed, unless the entry says the same', () => {
    const stored = { ...device, vendor: 'Other', model: 'M', version: 4 };
    const draft = { ...draftOf(device), model: 'M', vendor: 'Mine' };
    expect(conflictsOf(device, stored, draft)).toEqual([
      { field: 'vendor', before: 'Vendor', stored: 'Other', entered: 'Mine' },
    ]);
    const merged = mergeDraft(device, stored, { ...draftOf(device), name: 'mine' });
    expect(changeOf(stored, merged)).toEqual({ ok: true, value: { name: 'mine' } });
  });

  it('takes tags apart at spaces and commas', () => {
    expect(tagsOf(' lab,site:berlin\n lab ')).toEqual(['lab', 'site:berlin']);
  });
});

describe('device filters', () => {
  const now = Date.parse('2026-03-10T12:00:00.000Z');

  it('turns a relative last contact into a time', () => {
    expect(deviceApiFilters({ q: 'a', lastContact: 'within-1h' }, now)).toEqual({
      q: 'a',
      lastContactAfter: '2026-03-10T11:00:00.000Z',
    });
    expect(deviceApiFilters({ lastContact: 'not-7d' }, now)).toEqual({
      lastContactBefore: '2026-03-03T12:00:00.000Z',
    });
  });

  it('drops a choice it does not know', () => {
    expect(deviceApiFilters({ lastContact: 'once' }, now)).toEqual({});
  });

  it('makes job targets of everything that matches, without the exceptions', () => {
    const selection = { mode: 'query', query: { tag: 'lab' }, count: 9, exact: true } as const;
    expect(targetsOf({ ...selection, except: new Set() })).toEqual({ filter: { tag: 'lab' } });
    expect(targetsOf({ ...selection, except: new Set(['a']) })).toEqual({
      filter: { tag: 'lab' },
      except: ['a'],
    });
  });
});

describe('valueWords', () => {
  it('keeps absent and empty apart', () => {
    expect(valueWords({ state: 'never_read', type: null, value: null })).toBeNull();
    expect(valueWords({ state: 'not_supported', type: null, value: null })).toBeNull();
    expect(valueWords({ state: 'known', type: 'string', value: '' })).toBe('');
  });

  it('reads ticks as a duration and counters in full', () => {
    expect(valueWords({ state: 'known', type: 'timeTicks', value: '12000' })).toContain('2 min');
    const counter = valueWords({
      state: 'known',
      type: 'counter64',
      value: '18446744073709551615',
    });
    expect(counter?.replace(/\D/g, '')).toBe('18446744073709551615');
  });

  it('makes hidden characters of a device visible', () => {
    expect(valueWords({ state: 'known', type: 'string', value: 'a\u202Eb' })).toBe('a⟨U+202E⟩b');
  });
});
