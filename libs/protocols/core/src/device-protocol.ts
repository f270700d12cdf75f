import type {
  DeviceOperation,
  JsonValue,
  OperationKind,
  OperationResult,
  ParameterValue,
} from '@drm/contracts';
import type * as z from 'zod';

/** What a protocol can do: operation kinds, and finer native abilities. */
export type Capability = OperationKind;

/** Who owns the transport: `worker` dials out, `session` waits for the device's call, `connection` holds a live one. */
export type Affinity = 'worker' | 'session' | 'connection';

/** An endpoint as a protocol sees it during one execution. Credentials are in clear and must not be kept or logged. */
export interface ProtocolEndpoint<Credentials, Settings> {
  readonly id: string;
  readonly deviceId: string;
  readonly address: string;
  readonly credentials: Credentials;
  readonly settings: Settings;
}

export interface ProtocolLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Monotonic milliseconds and random octets, passed in so that tests can fix them. */
export interface ProtocolRuntime {
  readonly monotonicMs: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Asked with the resolved IP address before every execution that dials out; absent: every address may be used. */
  readonly allowsAddress?: (address: string) => boolean;
}

export type EffectKind = 'set' | 'add' | 'delete' | 'invoke';

/** Handle of a durable note that an effect may have happened from now on. */
export interface EffectHandle {
  readonly n: number;
}

/** An effect of an earlier attempt, given back in mode `verify`. */
export interface RecordedEffect {
  readonly n: number;
  readonly kind: EffectKind;
  readonly evidence: JsonValue;
}

/** Why the signal fired. */
export type AbortReason = 'cancelled' | 'deadline' | 'lease_lost' | 'shutdown';

/** What a protocol gets to run one operation: no SQL, no queue, no clock of its own. */
export interface ExecutionContext<Credentials = unknown, Settings = unknown> {
  readonly endpoint: ProtocolEndpoint<Credentials, Settings>;
  readonly log: ProtocolLogger;
  /** `verify`: an earlier attempt may have had its effect; look before doing it again. */
  readonly mode: 'run' | 'verify';
  readonly attempt: number;
  /** Key the device may echo in a late completion; at most 32 characters. */
  readonly commandKey: string;
  readonly signal: AbortSignal;
  /** Effects recorded by earlier attempts, oldest first. */
  readonly effects: readonly RecordedEffect[];
  /** Resumable position an earlier attempt saved, or null. */
  readonly step: JsonValue | null;
  /** The live session or connection, where the protocol has one. */
  readonly transport?: unknown;
  /** Call before every exchange. Throws when the exchange could not end before the lease or deadline does. */
  guard(exchangeMs: number): void;
  /** Slow device: lengthens the lease (at most 180 s), fenced, before the exchange. */
  lengthenLease(ms: number): Promise<void>;
  /** Durable before the first octet of anything that is not a pure read leaves. */
  beginEffect(kind: EffectKind, evidence: JsonValue): Promise<EffectHandle>;
  saveStep(step: JsonValue): Promise<void>;
  /** Values as they come; they become the last-known values and are kept with the result. */
  values(batch: readonly ParameterValue[]): void;
  progress(progress: {
    readonly phase: string;
    readonly done: number;
    readonly total?: number;
  }): void;
}

/**
 * A way to talk to devices. One folder under libs/protocols is one protocol; nothing else in the code names it.
 * `execute` resolves with the result or throws `ProtocolError`; anything else it throws is an internal error.
 */
export interface DeviceProtocol<Credentials = unknown, Settings = unknown> {
  /** Stored as text, e.g. `snmp`. */
  readonly id: string;
  readonly title: string;
  readonly defaultPort: number | null;
  readonly affinity: Affinity;
  readonly capabilities: ReadonlySet<Capability>;
  /** Secret fields carry `.meta({ writeOnly: true })`; the console renders a form from its JSON Schema. */
  readonly credentialsSchema: z.ZodType<Credentials>;
  readonly settingsSchema: z.ZodType<Settings>;
  /** Whether anybody on the way could forge a write with such credentials; a tenant may refuse writes over those. */
  hasWeakWrites?(credentials: Credentials): boolean;
  /** Checks and normalises `host:port`. @throws ProtocolError `invalid_argument` */
  parseAddress(text: string): string;
  /** Opens what the process needs once (sockets, caches). */
  open(runtime: ProtocolRuntime): ProtocolInstance<Credentials, Settings>;
  /** Simulated devices; dynamic import, so that production never evaluates it. */
  readonly simulator: () => Promise<SimulatorFactory>;
}

export interface ProtocolInstance<Credentials = unknown, Settings = unknown> {
  execute(
    operation: DeviceOperation,
    context: ExecutionContext<Credentials, Settings>,
  ): Promise<OperationResult>;
  /** After it resolves no socket, timer or listener is left. */
  close(): Promise<void>;
}

export interface SimulatorOptions {
  readonly host: string;
  /** First port; 0 lets the system choose. */
  readonly port: number;
  readonly agents: number;
  /** Same seed, same devices. */
  readonly seed: number;
}

/** A simulated device as the demo registers it. */
export interface SimulatedDevice {
  readonly name: string;
  readonly serialNumber: string;
  readonly vendor: string;
  readonly model: string;
  readonly tags: readonly string[];
  readonly address: string;
  readonly credentials: Readonly<Record<string, JsonValue>>;
}

export interface RunningSimulator {
  readonly devices: readonly SimulatedDevice[];
  close(): Promise<void>;
}

/** `describe` tells what `start` would serve, without opening a socket; for that `port` must not be 0. */
export interface SimulatorFactory {
  start(options: SimulatorOptions): Promise<RunningSimulator>;
  describe(options: SimulatorOptions): readonly SimulatedDevice[];
}
