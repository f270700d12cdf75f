import type { DeviceOperation, OperationResult } from '@drm/contracts';
import {
  ProtocolError,
  type DeviceProtocol,
  type ProtocolInstance,
  type ProtocolRuntime,
} from '@drm/protocol-core';
import {
  parseSnmpAddress,
  SnmpCredentials,
  SnmpSettings,
  splitAddress,
  type UsmCredentials,
} from './endpoint.ts';
import { NetSnmpEngine } from './engine/net-snmp-engine.ts';
import { resolveAddress } from './engine/resolve-address.ts';
import type { SnmpEngine, SnmpTarget } from './engine/snmp-engine.ts';
import { SnmpFailure } from './engine/snmp-failure.ts';
import { protocolErrorOf } from './failure-mapping.ts';
import { Exchanges, type SnmpContext } from './operations/exchanges.ts';
import { executeGet } from './operations/get.ts';
import { executeList } from './operations/list.ts';
import { executeProbe } from './operations/probe.ts';
import { executeSet } from './operations/set.ts';
import { executeWalk } from './operations/walk.ts';

/** SNMP v1, v2c and v3 devices; this side dials out. */
export const snmpProtocol: DeviceProtocol<SnmpCredentials, SnmpSettings> = {
  id: 'snmp',
  title: 'SNMP',
  defaultPort: 161,
  affinity: 'worker',
  capabilities: new Set(['get', 'set', 'list', 'walk', 'probe'] as const),
  credentialsSchema: SnmpCredentials,
  settingsSchema: SnmpSettings,
  // A community travels in clear, and noAuthNoPriv proves nothing (RFC 3410, 6).
  hasWeakWrites: (credentials) =>
    credentials.version !== '3' || credentials.level === 'noAuthNoPriv',
  parseAddress: parseSnmpAddress,
  open: (runtime) => new SnmpInstance(runtime, new NetSnmpEngine(runtime.monotonicMs)),
  simulator: async () => (await import('./simulator/snmp-simulator.ts')).snmpSimulator,
};

/** One a process: the sockets and what was learnt about v3 engines. */
export class SnmpInstance implements ProtocolInstance<SnmpCredentials, SnmpSettings> {
  constructor(
    private readonly runtime: ProtocolRuntime,
    private readonly engine: SnmpEngine,
  ) {}

  async execute(operation: DeviceOperation, context: SnmpContext): Promise<OperationResult> {
    if (!snmpProtocol.capabilities.has(operation.kind)) throw unsupported(operation);
    const target = await this.target(context);
    const exchanges = new Exchanges(this.engine, target, context);
    switch (operation.kind) {
      case 'get':
        return executeGet(exchanges, context, operation.paths);
      case 'set':
        return executeSet(exchanges, context, operation.values);
      case 'walk':
        return executeWalk(exchanges, context, this.runtime.monotonicMs, operation);
      case 'list':
        return executeList(exchanges, context, operation);
      case 'probe':
        return executeProbe(exchanges, context, this.withoutPrivacy(target, context));
      default:
        throw unsupported(operation);
    }
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  private async target(context: SnmpContext): Promise<SnmpTarget> {
    const { endpoint } = context;
    const { host, port } = splitAddress(endpoint.address);
    const { maxInFlight, acceptOtherSource } = endpoint.settings;
    try {
      const resolved = await resolveAddress(host);
      if (this.runtime.allowsAddress?.(resolved) === false) {
        throw new SnmpFailure({ kind: 'address_denied' });
      }
      return {
        endpointId: endpoint.id,
        host: resolved,
        port,
        credentials: endpoint.credentials,
        maxInFlight,
        acceptOtherSource,
      };
    } catch (error) {
      if (!(error instanceof SnmpFailure)) throw error;
      throw protocolErrorOf(error.failure, {
        version: endpoint.credentials.version,
        level: null,
        hasAnswered: false,
        isProven: false,
        oid: null,
      });
    }
  }

  /** The same endpoint asked with authentication alone, to find out which of the two keys is wrong. */
  private withoutPrivacy(target: SnmpTarget, context: SnmpContext): (() => Exchanges) | null {
    const { credentials } = target;
    if (credentials.version !== '3' || credentials.level !== 'authPriv') return null;
    const weaker: UsmCredentials = { ...credentials, level: 'authNoPriv' };
    return () => new Exchanges(this.engine, { ...target, credentials: weaker }, context);
  }
}

const unsupported = ({ kind }: DeviceOperation): ProtocolError =>
  new ProtocolError('permanent', 'unsupported_operation', `SNMP does not do ${kind}`, {
    hint: 'Use an operation the protocol lists, or another endpoint of the device.',
  });
