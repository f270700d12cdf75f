import { ExecutionAborted, ProtocolError, type ExecutionContext } from '@drm/protocol-core';
import type { Oid } from '../codec/oid.ts';
import type { VarBind } from '../codec/snmp-value.ts';
import type { SnmpCredentials, SnmpSettings } from '../endpoint.ts';
import {
  attemptTimeoutMs,
  exchangeMs,
  type ExchangeOptions,
  type SnmpEngine,
  type SnmpReply,
  type SnmpTarget,
} from '../engine/snmp-engine.ts';
import { SnmpFailure } from '../engine/snmp-failure.ts';
import { protocolErrorOf } from '../failure-mapping.ts';

export type SnmpContext = ExecutionContext<SnmpCredentials, SnmpSettings>;

/** An exchange longer than this asks for a longer lease first. */
const SHORT_EXCHANGE_MS = 20_000;
const LEASE_RESERVE_MS = 5_000;

/** The exchanges of one execution: guarded, paced, and with failures in the platform's words. */
export class Exchanges {
  private hasAnswered = false;
  private lengthenedMs = 0;
  private sent = 0;

  constructor(
    private readonly engine: SnmpEngine,
    readonly target: SnmpTarget,
    private readonly context: SnmpContext,
  ) {}

  /** The device has answered something in this execution. */
  get answered(): boolean {
    return this.hasAnswered;
  }

  get(oids: readonly Oid[]): Promise<SnmpReply> {
    return this.run(oids[0] ?? null, this.settings.retries, 0, (options) =>
      this.engine.get(this.target, oids, options),
    );
  }

  getNext(oid: Oid): Promise<SnmpReply> {
    return this.run(oid, this.settings.retries, 0, (options) =>
      this.engine.getNext(this.target, [oid], options),
    );
  }

  /** One attempt of a walk's step; the walker decides about the next one. 0 repetitions is a GETNEXT. */
  follow(oid: Oid, repetitions: number, attempt: number): Promise<SnmpReply> {
    return this.run(oid, 0, attempt, (options) =>
      repetitions === 0
        ? this.engine.getNext(this.target, [oid], options)
        : this.engine.getBulk(this.target, [oid], repetitions, options),
    );
  }

  /** Sent once: whether a silent SET took effect is for the caller to find out. */
  set(varbinds: readonly VarBind[]): Promise<SnmpReply> {
    return this.run(varbinds[0]?.oid ?? null, 0, 0, (options) =>
      this.engine.set(this.target, varbinds, options),
    );
  }

  private get settings(): SnmpSettings {
    return this.context.endpoint.settings;
  }

  private async run(
    oid: Oid | null,
    retries: number,
    attempt: number,
    send: (options: ExchangeOptions) => Promise<SnmpReply>,
  ): Promise<SnmpReply> {
    const { signal } = this.context;
    const timeoutMs = attemptTimeoutMs(this.settings.timeoutMs, attempt);
    if (this.settings.interPduDelayMs > 0 && this.sent > 0) {
      await pause(this.settings.interPduDelayMs, signal);
    }
    await this.reserve(exchangeMs(timeoutMs, retries) * this.handshakes);
    if (signal.aborted) throw abortionOf(signal);
    this.sent += 1;
    try {
      const reply = await send({ timeoutMs, retries, signal });
      this.hasAnswered = true;
      return reply;
    } catch (error) {
      throw this.failure(error, oid);
    }
  }

  /** A cold v3 engine costs a discovery and perhaps a clock report before the request itself. */
  private get handshakes(): number {
    return this.target.credentials.version === '3' && !this.hasAnswered ? 3 : 1;
  }

  private async reserve(ms: number): Promise<void> {
    if (ms > SHORT_EXCHANGE_MS && ms > this.lengthenedMs) {
      await this.context.lengthenLease(ms + LEASE_RESERVE_MS);
      this.lengthenedMs = ms;
    }
    this.context.guard(ms);
  }

  private failure(error: unknown, oid: Oid | null): unknown {
    if (this.context.signal.aborted) return abortionOf(this.context.signal);
    if (!(error instanceof SnmpFailure)) return error;
    const { credentials } = this.target;
    const isUsm = credentials.version === '3';
    const mapped = protocolErrorOf(error.failure, {
      version: credentials.version,
      level: isUsm ? credentials.level : null,
      hasAnswered: this.hasAnswered,
      isProven: isUsm && this.engine.hasAnswered(this.target),
      oid,
    });
    this.context.log.debug({ code: mapped.code, oid }, 'exchange failed');
    return mapped;
  }
}

/** True for the errors that mean "no answer came". */
export const isTimeout = (error: unknown): boolean =>
  error instanceof ProtocolError &&
  (error.code === 'snmp.timeout' ||
    error.code === 'snmp.timeout_discovery' ||
    error.code === 'snmp.timeout_or_privacy');

export function abortionOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'ExecutionAborted') return reason;
  const known = ['cancelled', 'deadline', 'lease_lost', 'shutdown'] as const;
  return new ExecutionAborted(known.find((name) => name === reason) ?? 'cancelled');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
