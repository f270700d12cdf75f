import type { SnmpCredentials } from '../endpoint.ts';
import type { Oid } from '../codec/oid.ts';
import type { VarBind } from '../codec/snmp-value.ts';

/** Where and as whom to ask. One object serves one execution; engines may keep state for it. */
export interface SnmpTarget {
  /** Key of what is learnt about the device, e.g. its engine id. */
  readonly endpointId: string;
  /** An IP address; names are resolved before. */
  readonly host: string;
  readonly port: number;
  readonly credentials: SnmpCredentials;
  /** PDUs in flight to this address and port, 1-4. */
  readonly maxInFlight: number;
  /** Take replies from another address or port too. */
  readonly acceptOtherSource: boolean;
}

export interface ExchangeOptions {
  /** Of the first attempt; each retry waits 1.5 times longer. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly signal?: AbortSignal;
}

/** The device's answer, whatever its error-status says. */
export interface SnmpReply {
  /** Number of RFC 3416; 0 is noError. */
  readonly errorStatus: number;
  /** 1-based position of the faulty varbind, 0 is none. */
  readonly errorIndex: number;
  readonly varbinds: readonly VarBind[];
}

/** The wire. Every method rejects with `SnmpFailure`, or with the signal's reason once it is aborted. */
export interface SnmpEngine {
  get(target: SnmpTarget, oids: readonly Oid[], options: ExchangeOptions): Promise<SnmpReply>;
  getNext(target: SnmpTarget, oids: readonly Oid[], options: ExchangeOptions): Promise<SnmpReply>;
  getBulk(
    target: SnmpTarget,
    oids: readonly Oid[],
    maxRepetitions: number,
    options: ExchangeOptions,
  ): Promise<SnmpReply>;
  /** Sends exactly one datagram a retry allows; callers pass 0 for anything that must not be repeated blindly. */
  set(
    target: SnmpTarget,
    varbinds: readonly VarBind[],
    options: ExchangeOptions,
  ): Promise<SnmpReply>;
  /** True when these credentials have brought an answer from this endpoint before, in this process. */
  hasAnswered(target: SnmpTarget): boolean;
  close(): Promise<void>;
}

const BACK_OFF = 1.5;

/** Longest an exchange can take: the sum of its attempts' timeouts. */
export function exchangeMs(timeoutMs: number, retries: number): number {
  let total = 0;
  let timeout = timeoutMs;
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    total += timeout;
    timeout *= BACK_OFF;
  }
  return Math.ceil(total);
}

/** Timeout of the n-th attempt, counted from 0. */
export const attemptTimeoutMs = (timeoutMs: number, attempt: number): number =>
  Math.ceil(timeoutMs * BACK_OFF ** attempt);
