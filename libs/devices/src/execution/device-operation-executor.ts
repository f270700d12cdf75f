import type { ExecutionError } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import {
  isEffectful,
  type Contact,
  type HeldExecution,
  type OperationExecutor,
  type Outcome,
} from '@drm/jobs';
import type { TenantTx } from '@drm/persistence';
import {
  ExecutionAborted,
  ProtocolError,
  type DeviceProtocol,
  type ProtocolEndpoint,
  type ProtocolInstance,
  type ProtocolLogger,
  type ProtocolRuntime,
} from '@drm/protocol-core';
import { endpointSecretPlace } from '../inventory/endpoint-sealer.ts';
import { loadTargets, type DeviceTarget, type TargetEndpoint } from './device-target.ts';
import { ProtocolContext } from './execution-context.ts';

/** A contact is written again only when it says something new or the last one is this old. */
const CONTACT_SECONDS = 30;
const NO_CONTACT: Contact = { reachability: null, endpoint: null };

/** Opens what was sealed for a tenant. */
export interface SecretOpener {
  open(
    tenantId: string,
    place: { readonly table: string; readonly rowId: string; readonly field: string },
    sealed: Uint8Array,
  ): Promise<Buffer>;
}

interface OpenProtocol {
  readonly protocol: DeviceProtocol;
  readonly instance: ProtocolInstance;
}

interface Chosen extends OpenProtocol {
  readonly endpoint: TargetEndpoint;
}

/** Runs an operation on a device through the first of its endpoints that can do it. */
export class DeviceOperationExecutor implements OperationExecutor<DeviceTarget> {
  private readonly open: ReadonlyMap<string, OpenProtocol>;

  constructor(
    protocols: readonly DeviceProtocol[],
    runtime: ProtocolRuntime,
    private readonly secrets: SecretOpener,
    private readonly log: ProtocolLogger,
  ) {
    this.open = new Map(
      protocols
        .filter((protocol) => protocol.affinity === 'worker')
        .map((protocol) => [protocol.id, { protocol, instance: protocol.open(runtime) }]),
    );
  }

  get protocols(): readonly string[] {
    return [...this.open.keys()];
  }

  async close(): Promise<void> {
    for (const { instance } of this.open.values()) await instance.close();
  }

  load(tx: TenantTx, deviceIds: readonly string[]): Promise<ReadonlyMap<string, DeviceTarget>> {
    return loadTargets(tx, deviceIds);
  }

  async execute(held: HeldExecution, target: DeviceTarget | undefined): Promise<Outcome> {
    const chosen = this.choose(held, target);
    if ('code' in chosen) return failed(null, chosen, false, NO_CONTACT);
    const { protocol, instance, endpoint } = chosen;
    try {
      const opened = await this.opened(held, chosen);
      const isForgeable = protocol.hasWeakWrites?.(opened.credentials) === true;
      if (isForgeable && isEffectful(held.job.operation) && target?.allowsWeakWrites === false) {
        return failed(protocol.id, WEAK_WRITE, false, NO_CONTACT);
      }
      const context = new ProtocolContext(held, opened, this.log);
      const result = await instance.execute(held.job.operation, context);
      return {
        protocol: protocol.id,
        result,
        error: null,
        uncertain: false,
        contact: target === undefined ? NO_CONTACT : reached(target, endpoint),
      };
    } catch (error) {
      if (error instanceof ExecutionAborted) {
        // The engine knows why it stopped the execution; this outcome is not looked at.
        return failed(protocol.id, aborted(error), true, NO_CONTACT);
      }
      if (error instanceof ProtocolError) {
        const contact = target === undefined ? NO_CONTACT : missed(target, endpoint, error);
        return failed(protocol.id, toError(error), error.uncertain, contact);
      }
      if (error instanceof DomainError && error.code.startsWith('database.')) {
        // Ours, but it passes: the device was asked nothing, or an effect is on record and will be looked at.
        return failed(protocol.id, DATABASE_AWAY, true, NO_CONTACT);
      }
      this.log.error(
        {
          err: error,
          execution_id: held.claim.executionId,
          correlation_id: held.job.correlationId,
        },
        'a protocol ended in a defect of ours',
      );
      return failed(protocol.id, INTERNAL, held.job.operation.kind !== 'get', NO_CONTACT);
    }
  }

  private choose(held: HeldExecution, target: DeviceTarget | undefined): Chosen | ExecutionError {
    const { operation, protocol: wanted } = held.job;
    const endpoints = target?.endpoints ?? [];
    if (endpoints.length === 0) {
      return permanent(
        'no_endpoint',
        'The device has no endpoint.',
        'Add an endpoint with its address and credentials.',
      );
    }
    const usable = endpoints.filter(
      (endpoint) => endpoint.enabled && (wanted === null || endpoint.protocol === wanted),
    );
    if (usable.length === 0) {
      return permanent(
        'no_endpoint',
        wanted === null
          ? 'Every endpoint of the device is switched off.'
          : `The device has no ${wanted} endpoint that is switched on.`,
        'Switch an endpoint on, or choose another protocol.',
      );
    }
    for (const endpoint of usable) {
      const open = this.open.get(endpoint.protocol);
      if (open?.protocol.capabilities.has(operation.kind) === true) return { ...open, endpoint };
    }
    return permanent(
      'unsupported_operation',
      `No protocol of the device can do ${operation.kind}.`,
      'Choose an operation its protocols list.',
    );
  }

  /** The endpoint with its secrets, checked once more: rows may be older than this release. */
  private async opened(
    held: HeldExecution,
    { endpoint, protocol }: Chosen,
  ): Promise<ProtocolEndpoint<unknown, unknown>> {
    let secrets: object = {};
    if (endpoint.sealed !== null) {
      try {
        const place = endpointSecretPlace(endpoint.id);
        const plain = await this.secrets.open(held.job.tenantId, place, endpoint.sealed);
        secrets = JSON.parse(plain.toString('utf8')) as object;
      } catch (error) {
        throw new ProtocolError(
          'auth',
          'credentials_unreadable',
          'The stored credentials cannot be read.',
          {
            hint: 'Enter the credentials of the endpoint again.',
            cause: error,
          },
        );
      }
    }
    const credentials = protocol.credentialsSchema.safeParse({
      ...endpoint.credentials,
      ...secrets,
    });
    const settings = protocol.settingsSchema.safeParse(endpoint.settings);
    if (!credentials.success || !settings.success) {
      throw new ProtocolError(
        'auth',
        'credentials_invalid',
        'The credentials of the endpoint are not complete.',
        {
          hint: 'Open the endpoint, complete its credentials and save it.',
        },
      );
    }
    return {
      id: endpoint.id,
      deviceId: held.claim.deviceId ?? '',
      address: endpoint.address,
      credentials: credentials.data,
      settings: settings.data,
    };
  }
}

const isOld = (seconds: number | null): boolean => seconds === null || seconds > CONTACT_SECONDS;

function reached(target: DeviceTarget, endpoint: TargetEndpoint): Contact {
  const isNews = target.reachability !== 'reachable' || isOld(target.contactAge);
  return {
    reachability: isNews ? 'reachable' : null,
    endpoint: isOld(endpoint.successAge) ? { id: endpoint.id, errorCode: null } : null,
  };
}

function missed(target: DeviceTarget, endpoint: TargetEndpoint, error: ProtocolError): Contact {
  const isSilent = error.errorClass === 'unreachable';
  return {
    reachability: isSilent && target.reachability !== 'unreachable' ? 'unreachable' : null,
    endpoint: { id: endpoint.id, errorCode: error.code },
  };
}

function failed(
  protocol: string | null,
  error: ExecutionError,
  uncertain: boolean,
  contact: Contact,
): Outcome {
  return { protocol, result: null, error, uncertain, contact };
}

const permanent = (code: string, message: string, hint: string): ExecutionError => ({
  class: 'permanent',
  code,
  message,
  hint,
  native: null,
  path: null,
});

const aborted = ({ reason }: ExecutionAborted): ExecutionError => ({
  class: 'engine',
  code: reason,
  message: 'The operation was stopped.',
  hint: null,
  native: null,
  path: null,
});

/** Protocols write messages as errors are written; people read them as sentences. */
const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

const toError = (error: ProtocolError): ExecutionError => ({
  class: error.errorClass,
  code: error.code,
  message: asSentence(error.message),
  hint: error.hint,
  native: error.native,
  path: error.path,
});

const WEAK_WRITE = permanent(
  'weak_write_refused',
  'The tenant does not allow changes over an endpoint without authentication.',
  'Use SNMP v3 with authentication, or allow such writes in the settings.',
);

const DATABASE_AWAY: ExecutionError = {
  class: 'transient',
  code: 'database_unavailable',
  message: 'The database did not answer while the operation ran.',
  hint: null,
  native: null,
  path: null,
};

const INTERNAL: ExecutionError = {
  class: 'internal',
  code: 'internal',
  message: 'Something went wrong on our side.',
  hint: 'Report the correlation id of the job.',
  native: null,
  path: null,
};
