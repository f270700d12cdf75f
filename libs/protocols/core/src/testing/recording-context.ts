import type { JsonValue, ParameterValue } from '@drm/contracts';
import type {
  AbortReason,
  EffectHandle,
  EffectKind,
  ExecutionContext,
  ProtocolEndpoint,
  RecordedEffect,
} from '../device-protocol.ts';
import { ExecutionAborted } from '../protocol-error.ts';

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

interface RecordingOptions {
  readonly mode?: 'run' | 'verify';
  readonly attempt?: number;
  readonly effects?: readonly RecordedEffect[];
  readonly step?: JsonValue;
  readonly transport?: unknown;
  /** Milliseconds the lease still holds; `guard` refuses longer exchanges. Default: no end. */
  readonly leaseMs?: number;
  /** Called inside `beginEffect`, before it resolves. */
  readonly onEffect?: (kind: EffectKind, evidence: JsonValue) => Promise<void> | void;
  /** Called inside `guard`, after the lease was checked. */
  readonly onGuard?: (exchangeMs: number) => void;
}

/** The in-memory twin of the engine's context: it keeps all that a protocol tells it, in order. */
export class RecordingContext<Credentials, Settings> implements ExecutionContext<
  Credentials,
  Settings
> {
  readonly mode: 'run' | 'verify';
  readonly attempt: number;
  readonly commandKey = 'AAAAAAAAAAAAAAAAAAAAAA.1';
  readonly effects: readonly RecordedEffect[];
  readonly step: JsonValue | null;
  readonly transport?: unknown;

  /** Every value in the order it came. */
  readonly received: ParameterValue[] = [];
  /** Sizes of the batches the values came in. */
  readonly batches: number[] = [];
  readonly begun: { readonly kind: EffectKind; readonly evidence: JsonValue }[] = [];
  readonly steps: JsonValue[] = [];
  readonly guards: number[] = [];
  readonly leases: number[] = [];
  readonly phases: { readonly phase: string; readonly done: number; readonly total?: number }[] =
    [];
  readonly logs: LogLine[] = [];

  private readonly controller = new AbortController();

  constructor(
    readonly endpoint: ProtocolEndpoint<Credentials, Settings>,
    private readonly options: RecordingOptions = {},
  ) {
    this.mode = options.mode ?? 'run';
    this.attempt = options.attempt ?? 1;
    this.effects = options.effects ?? [];
    this.step = options.step ?? null;
    if (options.transport !== undefined) this.transport = options.transport;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  readonly log = {
    debug: (fields: object, message: string): void => this.keep('debug', fields, message),
    info: (fields: object, message: string): void => this.keep('info', fields, message),
    warn: (fields: object, message: string): void => this.keep('warn', fields, message),
    error: (fields: object, message: string): void => this.keep('error', fields, message),
  };

  abort(reason: AbortReason): void {
    this.controller.abort(new ExecutionAborted(reason));
  }

  guard(exchangeMs: number): void {
    if (this.signal.aborted) throw this.signal.reason;
    if (exchangeMs > (this.options.leaseMs ?? Number.POSITIVE_INFINITY)) {
      throw new ExecutionAborted('deadline');
    }
    this.guards.push(exchangeMs);
    this.options.onGuard?.(exchangeMs);
  }

  lengthenLease(ms: number): Promise<void> {
    this.leases.push(ms);
    return Promise.resolve();
  }

  async beginEffect(kind: EffectKind, evidence: JsonValue): Promise<EffectHandle> {
    await this.options.onEffect?.(kind, evidence);
    this.begun.push({ kind, evidence });
    return { n: this.effects.length + this.begun.length };
  }

  saveStep(step: JsonValue): Promise<void> {
    this.steps.push(step);
    return Promise.resolve();
  }

  values(batch: readonly ParameterValue[]): void {
    this.batches.push(batch.length);
    this.received.push(...batch);
  }

  progress(progress: { readonly phase: string; readonly done: number }): void {
    this.phases.push(progress);
  }

  /** The last value of a path, or undefined. */
  valueOf(path: string): ParameterValue | undefined {
    return this.received.findLast((value) => value.path === path);
  }

  private keep(level: LogLine['level'], fields: object, message: string): void {
    this.logs.push({ level, fields, message });
  }
}
