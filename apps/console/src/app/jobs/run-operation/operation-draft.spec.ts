import { describe, expect, it } from '@jest/globals';
import type { ProtocolInfo } from '@drm/contracts';
import { createJobOf, emptyDraft, linesOf, offeredKinds, typedValue } from './operation-draft.ts';

const DEVICE = '0199a1b0-0000-7000-8000-000000000001';
const targets = { deviceIds: [DEVICE] };
const protocol = (id: string, capabilities: string[]): ProtocolInfo => ({
  id,
  title: id,
  capabilities,
  defaultPort: null,
  credentialsSchema: {},
  settingsSchema: {},
});

describe('createJobOf', () => {
  it('reads one path a line, without blanks and repetitions', () => {
    const draft = {
      ...emptyDraft('get'),
      paths: ' 1.3.6.1.2.1.1.5.0 \n\n1.3.6.1.2.1.1.5.0\n1.3.6',
    };
    expect(createJobOf(draft, targets)).toEqual({
      ok: true,
      job: { operation: { kind: 'get', paths: ['1.3.6.1.2.1.1.5.0', '1.3.6'] }, targets },
    });
  });

  it('asks for a path', () => {
    expect(createJobOf(emptyDraft('get'), targets)).toEqual({
      ok: false,
      errors: [{ field: 'paths', message: 'Enter at least one path.' }],
    });
    expect(createJobOf(emptyDraft('walk'), targets)).toMatchObject({
      ok: false,
      errors: [{ field: 'path' }],
    });
  });

  it('refuses more paths than a job may have', () => {
    const paths = Array.from({ length: 257 }, (_, index) => `1.3.${index}`).join('\n');
    expect(createJobOf({ ...emptyDraft('get'), paths }, targets)).toMatchObject({
      ok: false,
      errors: [{ field: 'paths' }],
    });
  });

  it('names the row of a wrong value', () => {
    const draft = {
      ...emptyDraft('set'),
      values: [
        { path: '1.3.6.1.2.1.1.4.0', type: '' as const, value: 'noc' },
        { path: '1.3.6.1.2.1.2.2.1.7.1', type: 'int' as const, value: 'up' },
      ],
    };
    expect(createJobOf(draft, targets)).toEqual({
      ok: false,
      errors: [{ field: 'values', row: 1, message: 'Enter a whole number.' }],
    });
  });

  it('sends a value without a type as text, so that the device decides', () => {
    const draft = {
      ...emptyDraft('set'),
      values: [{ path: '1.3.6.1.2.1.1.4.0', type: '' as const, value: '42' }],
    };
    expect(createJobOf(draft, targets)).toMatchObject({
      ok: true,
      job: { operation: { values: [{ path: '1.3.6.1.2.1.1.4.0', value: '42' }] } },
    });
  });

  it('leaves out what was not chosen and turns hours into seconds', () => {
    const draft = {
      ...emptyDraft('probe'),
      name: '  Night probe ',
      priority: 'bulk' as const,
      maxAttempts: 5,
      expiresInHours: 2,
      protocol: 'snmp',
    };
    expect(createJobOf(draft, targets)).toEqual({
      ok: true,
      job: {
        operation: { kind: 'probe' },
        targets,
        name: 'Night probe',
        priority: 'bulk',
        maxAttempts: 5,
        expiresInSeconds: 7_200,
        protocol: 'snmp',
      },
    });
  });

  it.each([
    [{ maxAttempts: 11 }, 'maxAttempts'],
    [{ expiresInHours: 1_000 }, 'expiresInHours'],
    [{ name: 'x'.repeat(121) }, 'name'],
  ])('puts a limit of the contract beside its field: %p', (over, field) => {
    expect(createJobOf({ ...emptyDraft('probe'), ...over }, targets)).toMatchObject({
      ok: false,
      errors: [{ field }],
    });
  });

  it('wants a JSON object as arguments', () => {
    const draft = { ...emptyDraft('invoke'), command: 'Device.Reboot()' };
    expect(createJobOf({ ...draft, arguments: '[1]' }, targets)).toMatchObject({
      ok: false,
      errors: [{ field: 'arguments' }],
    });
    expect(createJobOf({ ...draft, arguments: '{"a":1}' }, targets)).toMatchObject({
      ok: true,
      job: { operation: { kind: 'invoke', arguments: { a: 1 } } },
    });
  });
});

describe('typedValue', () => {
  it.each([
    ['boolean', 'yes', { value: true }],
    ['boolean', '0', { value: false }],
    ['boolean', 'perhaps', { message: 'Enter true or false.' }],
    ['int', '-7', { value: -7 }],
    ['counter64', '18446744073709551615', { value: '18446744073709551615' }],
    ['long', '1.5', { message: 'Enter a whole number.' }],
    ['string', ' kept as typed ', { value: ' kept as typed ' }],
  ] as const)('%s %s', (type, value, expected) => {
    expect(typedValue({ path: 'p', type, value })).toEqual(expected);
  });
});

describe('offeredKinds', () => {
  it('offers what the protocols of the devices can do', () => {
    const all = [protocol('snmp', ['get', 'set', 'walk', 'probe']), protocol('cwmp', ['invoke'])];
    expect(offeredKinds(all, ['snmp'])).toEqual(['get', 'set', 'walk', 'probe']);
    expect(offeredKinds(all, [])).toContain('invoke');
    expect(offeredKinds(all, ['unknown'])).toEqual([]);
  });
});

describe('linesOf', () => {
  it('takes CRLF from a pasted list', () => {
    expect(linesOf('a\r\nb\r\n')).toEqual(['a', 'b']);
  });
});
