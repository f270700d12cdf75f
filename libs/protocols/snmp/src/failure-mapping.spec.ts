import { describe, expect, it } from '@jest/globals';
import { errorStatusNumber, type ErrorStatus } from './codec/pdu.ts';
import type { FailureCause, ReportKind } from './engine/snmp-failure.ts';
import { protocolErrorOf, statusErrorOf, type FailureSetting } from './failure-mapping.ts';

const setting = (overrides: Partial<FailureSetting> = {}): FailureSetting => ({
  version: '2c',
  level: null,
  hasAnswered: false,
  isProven: false,
  oid: '1.3.6.1.2.1.1.3.0',
  ...overrides,
});
const silence = (stage: 'discovery' | 'request' = 'request', garbage = false): FailureCause => ({
  kind: 'timeout',
  stage,
  garbage,
});
const V3 = { version: '3', level: 'authPriv' } as const;

describe('failures of an exchange', () => {
  it.each<[string, FailureCause, Partial<FailureSetting>, string, string]>([
    ['silence', silence(), {}, 'snmp.timeout', 'unreachable'],
    ['silence of v1', silence(), { version: '1' }, 'snmp.timeout', 'unreachable'],
    ['silence after answers', silence(), { hasAnswered: true }, 'snmp.timeout', 'transient'],
    ['silence to discovery', silence('discovery'), V3, 'snmp.timeout_discovery', 'unreachable'],
    ['silence after discovery', silence(), V3, 'snmp.timeout_or_privacy', 'auth'],
    [
      'silence with proven keys',
      silence(),
      { ...V3, isProven: true },
      'snmp.timeout',
      'unreachable',
    ],
    [
      'silence without privacy',
      silence(),
      { version: '3', level: 'authNoPriv' },
      'snmp.timeout',
      'unreachable',
    ],
    ['garbage only', silence('request', true), {}, 'snmp.decode', 'transient'],
    ['a broken reply', { kind: 'decode', detail: 'x' }, {}, 'snmp.decode', 'transient'],
    ['another community', { kind: 'wrong_community' }, {}, 'snmp.decode', 'transient'],
    [
      'a closed port',
      { kind: 'network', errno: 'ECONNREFUSED' },
      {},
      'snmp.unreachable',
      'unreachable',
    ],
    ['no route', { kind: 'network', errno: 'EHOSTUNREACH' }, {}, 'snmp.unreachable', 'unreachable'],
    [
      'a request too large',
      { kind: 'network', errno: 'EMSGSIZE' },
      {},
      'snmp.too_big',
      'permanent',
    ],
    ['an unknown name', { kind: 'resolve' }, {}, 'snmp.resolve', 'unreachable'],
    ['a forbidden address', { kind: 'address_denied' }, {}, 'snmp.address_denied', 'permanent'],
    ['DES', { kind: 'unsupported', algorithm: 'des' }, V3, 'snmp.unsupported', 'permanent'],
    ['an engine that was closed', { kind: 'closed' }, {}, 'snmp.closed', 'transient'],
  ])('%s', (_name, cause, overrides, code, errorClass) => {
    const error = protocolErrorOf(cause, setting(overrides));
    expect([error.code, error.errorClass]).toEqual([code, errorClass]);
    expect(error.message).not.toBe('');
  });

  it('says where the device stopped answering', () => {
    const error = protocolErrorOf(silence(), setting({ hasAnswered: true }));
    expect(error.path).toBe('1.3.6.1.2.1.1.3.0');
  });

  it.each<[ReportKind, string, string]>([
    ['unsupportedSecLevels', 'snmp.security_level', 'auth'],
    ['notInTimeWindows', 'snmp.time_window', 'transient'],
    ['unknownUserNames', 'snmp.unknown_user', 'auth'],
    ['unknownEngineIDs', 'snmp.engine_changed', 'transient'],
    ['wrongDigests', 'snmp.wrong_auth_key', 'auth'],
    ['decryptionErrors', 'snmp.wrong_privacy_key', 'auth'],
    ['unknownContexts', 'snmp.unknown_context', 'permanent'],
    ['other', 'snmp.protocol', 'permanent'],
  ])('report %s', (report, code, errorClass) => {
    const error = protocolErrorOf({ kind: 'report', report }, setting(V3));
    expect([error.code, error.errorClass, error.native]).toEqual([code, errorClass, report]);
    expect(error.hint).not.toBeNull();
  });
});

describe('error-status of the device', () => {
  it.each<[ErrorStatus, string, string]>([
    ['tooBig', 'snmp.too_big', 'permanent'],
    ['noSuchName', 'snmp.access_denied', 'permanent'],
    ['badValue', 'snmp.bad_value', 'permanent'],
    ['readOnly', 'snmp.access_denied', 'permanent'],
    ['genErr', 'snmp.device_error', 'transient'],
    ['noAccess', 'snmp.access_denied', 'permanent'],
    ['wrongType', 'snmp.bad_value', 'permanent'],
    ['wrongLength', 'snmp.bad_value', 'permanent'],
    ['wrongEncoding', 'snmp.bad_value', 'permanent'],
    ['wrongValue', 'snmp.bad_value', 'permanent'],
    ['noCreation', 'snmp.inconsistent', 'permanent'],
    ['inconsistentValue', 'snmp.inconsistent', 'permanent'],
    ['resourceUnavailable', 'snmp.device_error', 'transient'],
    ['commitFailed', 'snmp.device_error', 'transient'],
    ['undoFailed', 'snmp.undo_failed', 'permanent'],
    ['authorizationError', 'snmp.access_denied', 'permanent'],
    ['notWritable', 'snmp.access_denied', 'permanent'],
    ['inconsistentName', 'snmp.inconsistent', 'permanent'],
  ])('%s', (status, code, errorClass) => {
    const error = statusErrorOf(errorStatusNumber(status), '1.3.6.1.2.1.1.5.0');
    expect([error.code, error.errorClass, error.native, error.path]).toEqual([
      code,
      errorClass,
      status,
      '1.3.6.1.2.1.1.5.0',
    ]);
  });

  it('keeps a number it does not know', () => {
    expect(statusErrorOf(77, null)).toMatchObject({
      code: 'snmp.protocol',
      native: 'errorStatus 77',
      path: null,
    });
  });
});
