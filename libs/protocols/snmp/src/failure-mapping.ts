import { ProtocolError } from '@drm/protocol-core';
import { ERROR_STATUS } from './codec/pdu.ts';
import type { Oid } from './codec/oid.ts';
import type { FailureCause, ReportKind } from './engine/snmp-failure.ts';

/** What an execution knows when an exchange fails; it decides what the same silence means. */
export interface FailureSetting {
  readonly version: '1' | '2c' | '3';
  readonly level: 'noAuthNoPriv' | 'authNoPriv' | 'authPriv' | null;
  /** The device has answered in this execution. */
  readonly hasAnswered: boolean;
  /** These credentials have brought an answer before. */
  readonly isProven: boolean;
  /** First OID asked for. */
  readonly oid: Oid | null;
}

type ErrorClass = ProtocolError['errorClass'];

/** Turns what happened on the wire into a class, a stable code and words for an operator. */
export function protocolErrorOf(cause: FailureCause, setting: FailureSetting): ProtocolError {
  switch (cause.kind) {
    case 'timeout':
      return cause.garbage ? decodeError(setting) : timeoutError(cause.stage, setting);
    case 'report':
      return reportError(cause.report);
    case 'network':
      return networkError(cause.errno);
    case 'resolve':
      return error('unreachable', 'snmp.resolve', 'the name of the device could not be resolved', {
        hint: 'Check the address of the endpoint and the name servers of the worker.',
      });
    case 'address_denied':
      return error('permanent', 'snmp.address_denied', 'this address may not be contacted', {
        hint: 'The platform forbids this address range for devices.',
      });
    case 'decode':
      return decodeError(setting);
    case 'wrong_community':
      return error('transient', 'snmp.decode', 'the reply carries another community', {
        hint: 'The agent answered with a community that was not asked with.',
      });
    case 'unsupported':
      return error(
        'permanent',
        'snmp.unsupported',
        `the algorithm ${cause.algorithm} is not available`,
        { hint: 'Use AES-128 or AES-256 privacy on the device and in the endpoint.' },
      );
    case 'closed':
      return error('transient', 'snmp.closed', 'the SNMP engine is shutting down');
  }
}

function timeoutError(stage: 'discovery' | 'request', setting: FailureSetting): ProtocolError {
  if (setting.hasAnswered) {
    return error('transient', 'snmp.timeout', 'the device stopped answering', {
      path: setting.oid,
      hint: 'It answered before in this execution: a slow or overloaded device, or packet loss.',
    });
  }
  if (stage === 'discovery') {
    return error(
      'unreachable',
      'snmp.timeout_discovery',
      'no answer to the SNMPv3 engine discovery',
      { hint: 'Device down, traffic filtered, or SNMPv3 is switched off on the device.' },
    );
  }
  if (setting.version === '3' && !setting.isProven && setting.level === 'authPriv') {
    return error('auth', 'snmp.timeout_or_privacy', 'timeout or wrong privacy key', {
      hint: 'The engine answered, the encrypted request did not: check privacy password, algorithm and context name.',
    });
  }
  if (setting.version === '3') {
    return error('unreachable', 'snmp.timeout', 'no answer from the device', {
      hint: 'Device down, traffic filtered, or the context name is unknown to it.',
    });
  }
  return error('unreachable', 'snmp.timeout', 'no answer from the device', {
    hint: 'Device down, traffic filtered, address not in its access list, or wrong community (agents drop those silently).',
  });
}

const REPORT_ERRORS: Readonly<
  Record<ReportKind, readonly [ErrorClass, code: string, message: string, hint: string]>
> = {
  unsupportedSecLevels: [
    'auth',
    'snmp.security_level',
    'the device does not allow this security level',
    'Choose the level the user has on the device.',
  ],
  notInTimeWindows: [
    'transient',
    'snmp.time_window',
    'the clock of the device and ours do not agree',
    'The device may have restarted without keeping its boot counter.',
  ],
  unknownUserNames: [
    'auth',
    'snmp.unknown_user',
    'the device does not know this user',
    'Check the user name in the endpoint and on the device.',
  ],
  unknownEngineIDs: [
    'transient',
    'snmp.engine_changed',
    'the engine id of the device changed',
    'The device was replaced or reset; the next attempt learns it again.',
  ],
  wrongDigests: [
    'auth',
    'snmp.wrong_auth_key',
    'wrong authentication password or algorithm',
    'Check authentication password and algorithm of the user.',
  ],
  decryptionErrors: [
    'auth',
    'snmp.wrong_privacy_key',
    'wrong privacy password or algorithm',
    'Check privacy password and algorithm of the user.',
  ],
  unknownContexts: [
    'permanent',
    'snmp.unknown_context',
    'the device does not know this context',
    'Check the context name of the endpoint.',
  ],
  other: [
    'permanent',
    'snmp.protocol',
    'the device refused the SNMPv3 message',
    'It may not support this security model, context or kind of request.',
  ],
};

function reportError(report: ReportKind): ProtocolError {
  const [errorClass, code, message, hint] = REPORT_ERRORS[report];
  return error(errorClass, code, message, { hint, native: report });
}

function networkError(errno: string): ProtocolError {
  if (errno === 'ECONNREFUSED') {
    return error('unreachable', 'snmp.unreachable', 'nothing listens on this address and port', {
      hint: 'The host is up but refused the datagram: SNMP is off, or the port is another one.',
      native: errno,
    });
  }
  if (errno === 'EMSGSIZE') {
    return error('permanent', 'snmp.too_big', 'the request is larger than a datagram', {
      hint: 'Ask for fewer values at a time.',
      native: errno,
    });
  }
  return error('unreachable', 'snmp.unreachable', 'there is no route to the device', {
    hint: 'Check routing and firewall between the worker and the device.',
    native: errno,
  });
}

const decodeError = (setting: FailureSetting): ProtocolError =>
  error('transient', 'snmp.decode', 'the device sent replies that are not SNMP', {
    path: setting.oid,
    hint: 'Another service may use this port, or the agent is faulty.',
  });

const STATUS_ERRORS: Readonly<
  Record<string, readonly [ErrorClass, code: string, message: string, hint: string]>
> = {
  tooBig: [
    'permanent',
    'snmp.too_big',
    'the answer does not fit into one datagram of the device',
    'The device cannot answer even one value.',
  ],
  ...same(
    ['genErr', 'resourceUnavailable', 'commitFailed'],
    'transient',
    'snmp.device_error',
    'the device failed to answer',
    "The device's own failure; it may be overloaded.",
  ),
  undoFailed: [
    'permanent',
    'snmp.undo_failed',
    'the device may be half changed',
    'It could not undo a failed change: read the values again and check the device.',
  ],
  ...same(
    ['noAccess', 'readOnly', 'notWritable', 'authorizationError'],
    'permanent',
    'snmp.access_denied',
    'the device forbids this access',
    'Read-only object, or the view or the community does not allow it.',
  ),
  ...same(
    ['wrongType', 'wrongLength', 'wrongEncoding', 'wrongValue', 'badValue'],
    'permanent',
    'snmp.bad_value',
    'the device refused the value',
    'Check type, length and range of the value.',
  ),
  ...same(
    ['inconsistentValue', 'inconsistentName', 'noCreation'],
    'permanent',
    'snmp.inconsistent',
    'the value does not fit the state of the device',
    'A row does not exist or another value must be set first.',
  ),
  noSuchName: [
    'permanent',
    'snmp.access_denied',
    'no such object, or not visible or not writable',
    'SNMPv1 does not tell absent and forbidden apart.',
  ],
};

function same(
  names: readonly string[],
  ...entry: readonly [ErrorClass, string, string, string]
): Record<string, readonly [ErrorClass, string, string, string]> {
  return Object.fromEntries(names.map((name) => [name, entry]));
}

/** An error-status of the device; `path` is the varbind its error-index names. */
export function statusErrorOf(status: number, path: Oid | null): ProtocolError {
  const native = ERROR_STATUS[status] ?? `errorStatus ${status}`;
  const [errorClass, code, message, hint] = STATUS_ERRORS[native] ?? [
    'permanent',
    'snmp.protocol',
    'the device answered with an unknown error',
    'The agent is faulty.',
  ];
  return error(errorClass, code, message, { hint, native, path });
}

function error(
  errorClass: ErrorClass,
  code: string,
  message: string,
  options: { hint?: string; native?: string; path?: Oid | null } = {},
): ProtocolError {
  const { path, ...rest } = options;
  return new ProtocolError(errorClass, code, message, {
    ...rest,
    ...(path === null || path === undefined ? {} : { path }),
  });
}
