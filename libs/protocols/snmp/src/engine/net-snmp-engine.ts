import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import snmp, { type RawMessage, type Session } from 'net-snmp';
import type { Oid } from '../codec/oid.ts';
import type { VarBind } from '../codec/snmp-value.ts';
import type { UsmCredentials } from '../endpoint.ts';
import { rawVarBind, replyOf } from './net-snmp-values.ts';
import { nameOf, SessionSocket } from './session-socket.ts';
import type { ExchangeOptions, SnmpEngine, SnmpReply, SnmpTarget } from './snmp-engine.ts';
import { SnmpFailure, type FailureCause, type ReportKind } from './snmp-failure.ts';
import { UdpChannelPool } from './udp-channel.ts';

/*
 * The only file that calls npm net-snmp. What it works around (version 3.29.2, pinned):
 * - the library owns its socket and never checks where a reply comes from: it gets a stand-in socket here, and the
 *   datagrams come from a connected `UdpChannel`;
 * - its message handler can throw, and emits 'error' on garbage: both end in the exchange they belong to;
 * - its own checks of reply OIDs make walks endless or fail whole replies: the raw PDU is handed out instead;
 * - DES and AES-192 throw inside the send path: they are refused before.
 */

const { ResponseInvalidCode, SecurityLevel, AuthProtocols, PrivProtocols } = snmp;

type Done = (error: Error | null, reply?: unknown) => void;

const AUTH: Readonly<Record<UsmCredentials['authProtocol'], string>> = {
  md5: 'md5',
  sha1: 'sha',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
};
const PRIV: Readonly<Partial<Record<UsmCredentials['privProtocol'], string>>> = {
  aes128: 'aes',
  aes256: 'aes256b',
  'aes256-cisco': 'aes256r',
};

const REPORTS: Readonly<Record<string, ReportKind>> = {
  '1.3.6.1.6.3.15.1.1.1.0': 'unsupportedSecLevels',
  '1.3.6.1.6.3.15.1.1.2.0': 'notInTimeWindows',
  '1.3.6.1.6.3.15.1.1.3.0': 'unknownUserNames',
  '1.3.6.1.6.3.15.1.1.4.0': 'unknownEngineIDs',
  '1.3.6.1.6.3.15.1.1.5.0': 'wrongDigests',
  '1.3.6.1.6.3.15.1.1.6.0': 'decryptionErrors',
  '1.3.6.1.6.3.12.1.4.0': 'unknownContexts',
  '1.3.6.1.6.3.12.1.5.0': 'unknownContexts',
};

/** What was learnt about a v3 engine; boots and time go on by the monotonic clock inside the library. */
type EngineState = Pick<
  Session,
  'engineTimeBoots' | 'engineTimeBase' | 'engineTimeReceivedAt' | 'latestReceivedEngineTime'
> & { readonly engineId: Buffer; readonly boots: number; readonly time: number };

const MAX_ENGINES = 10_000;
const NO_ENGINE_ID = Buffer.alloc(5);

interface Link {
  readonly session: Session;
  readonly socket: SessionSocket;
}

/** `SnmpEngine` over npm net-snmp. */
export class NetSnmpEngine implements SnmpEngine {
  private readonly channels: UdpChannelPool;
  private readonly links = new WeakMap<SnmpTarget, { read: Link | null; write: Link | null }>();
  private readonly engines = new Map<string, EngineState>();
  /** Fingerprints of v3 credentials that have brought an answer. */
  private readonly answered = new Map<string, string>();
  private readonly fingerprintKey = randomBytes(32);
  private isClosed = false;

  constructor(monotonicMs: () => number, cap?: number) {
    this.channels = new UdpChannelPool(monotonicMs, cap);
  }

  /** Sockets that are open now. */
  get openSockets(): number {
    return this.channels.size;
  }

  get(target: SnmpTarget, oids: readonly Oid[], options: ExchangeOptions): Promise<SnmpReply> {
    return this.exchange(target, 'read', options, (session, done) => session.get(oids, done));
  }

  getNext(target: SnmpTarget, oids: readonly Oid[], options: ExchangeOptions): Promise<SnmpReply> {
    return this.exchange(target, 'read', options, (session, done) => session.getNext(oids, done));
  }

  getBulk(
    target: SnmpTarget,
    oids: readonly Oid[],
    maxRepetitions: number,
    options: ExchangeOptions,
  ): Promise<SnmpReply> {
    return this.exchange(target, 'read', options, (session, done) =>
      session.getBulk(oids, 0, maxRepetitions, done),
    );
  }

  set(
    target: SnmpTarget,
    varbinds: readonly VarBind[],
    options: ExchangeOptions,
  ): Promise<SnmpReply> {
    return this.exchange(target, 'write', options, (session, done) =>
      session.set(varbinds.map(rawVarBind), done),
    );
  }

  hasAnswered(target: SnmpTarget): boolean {
    return this.answered.get(engineKey(target)) === this.fingerprint(target);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.channels.close();
  }

  private async exchange(
    target: SnmpTarget,
    access: 'read' | 'write',
    options: ExchangeOptions,
    send: (session: Session, done: Done) => void,
  ): Promise<SnmpReply> {
    if (this.isClosed) throw new SnmpFailure({ kind: 'closed' });
    try {
      return await this.attempt(target, this.link(target, access), options, send);
    } catch (error) {
      // A reply outside the time window may still have been the answer to a SET: never sent twice.
      if (access === 'write' || !this.isStaleEngine(target, error)) throw error;
      // The device was replaced, or its boots went back: learn the engine again, once.
      this.engines.delete(engineKey(target));
      this.links.delete(target);
      return this.attempt(target, this.link(target, access), options, send);
    }
  }

  private isStaleEngine(target: SnmpTarget, error: unknown): boolean {
    if (!(error instanceof SnmpFailure) || error.failure.kind !== 'report') return false;
    const { report } = error.failure;
    return (
      this.engines.has(engineKey(target)) &&
      (report === 'notInTimeWindows' || report === 'unknownEngineIDs')
    );
  }

  private async attempt(
    target: SnmpTarget,
    link: Link,
    options: ExchangeOptions,
    send: (session: Session, done: Done) => void,
  ): Promise<SnmpReply> {
    const channel = this.channels.channel(target.host, target.port, target.acceptOtherSource);
    if (!channel.tryAcquire(target.maxInFlight)) await channel.acquire(target.maxInFlight);
    try {
      if (!channel.isReady) await channel.ready;
      options.signal?.throwIfAborted();
      link.socket.enter(channel);
      try {
        const reply = await this.transmit(link, options, send);
        if (target.credentials.version === '3') this.remember(target, link.session);
        return reply;
      } finally {
        link.socket.leave(channel);
      }
    } finally {
      this.channels.release(channel);
    }
  }

  private transmit(
    { session, socket }: Link,
    { timeoutMs, retries, signal }: ExchangeOptions,
    send: (session: Session, done: Done) => void,
  ): Promise<SnmpReply> {
    return new Promise((resolve, reject) => {
      const garbageBefore = socket.garbage;
      const settle = (): void => {
        socket.pending.delete(fail);
        signal?.removeEventListener('abort', abort);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
        // Takes the timers and retries of this session's requests with it.
        session.cancelRequests(error);
      };
      const abort = (): void => {
        fail(signal?.reason as Error);
      };
      const done: Done = (error, reply) => {
        settle();
        if (error === null) resolve(reply as SnmpReply);
        else reject(failureOf(error, session, socket.garbage > garbageBefore));
      };
      socket.pending.add(fail);
      signal?.addEventListener('abort', abort);
      // The library copies both into each request it makes.
      session.timeout = timeoutMs;
      session.retries = retries;
      try {
        send(session, done);
      } catch (error) {
        fail(new SnmpFailure({ kind: 'decode', detail: nameOf(error) }));
      }
    });
  }

  private link(target: SnmpTarget, access: 'read' | 'write'): Link {
    let links = this.links.get(target);
    if (links === undefined) {
      links = { read: null, write: null };
      this.links.set(target, links);
    }
    const { credentials } = target;
    if (credentials.version === '3') return (links.read ??= this.openUsm(target, credentials));
    const isWrite = access === 'write' && credentials.writeCommunity !== undefined;
    const community = isWrite
      ? (credentials.writeCommunity ?? credentials.community)
      : credentials.community;
    const slot = isWrite ? 'write' : 'read';
    return (links[slot] ??= openLink((dgramModule) =>
      snmp.createSession(target.host, community, {
        ...sessionOptions(target, dgramModule),
        version: credentials.version === '1' ? snmp.Version1 : snmp.Version2c,
      }),
    ));
  }

  private openUsm(target: SnmpTarget, credentials: UsmCredentials): Link {
    const { authProtocol, level, privProtocol } = credentials;
    const withPrivacy = level === 'authPriv';
    const priv = PRIV[privProtocol];
    if (withPrivacy && priv === undefined) {
      throw new SnmpFailure({ kind: 'unsupported', algorithm: privProtocol });
    }
    const authKey = credentials.authPassword ?? '';
    const link = openLink((dgramModule) =>
      snmp.createV3Session(
        target.host,
        {
          name: credentials.user,
          level: numberOf(SecurityLevel, level),
          ...(level === 'noAuthNoPriv'
            ? {}
            : { authProtocol: textOf(AuthProtocols, AUTH[authProtocol]), authKey }),
          ...(withPrivacy
            ? {
                privProtocol: textOf(PrivProtocols, priv ?? ''),
                privKey: credentials.privPassword ?? authKey,
              }
            : {}),
        },
        {
          ...sessionOptions(target, dgramModule),
          context: credentials.contextName ?? '',
          version: snmp.Version3,
        },
      ),
    );
    requireLevel(link.session, level);
    this.restore(target, link.session);
    return link;
  }

  private restore(target: SnmpTarget, session: Session): void {
    const state = this.engines.get(engineKey(target));
    if (state === undefined) return;
    session.msgSecurityParameters = {
      msgAuthoritativeEngineID: state.engineId,
      msgAuthoritativeEngineBoots: state.boots,
      msgAuthoritativeEngineTime: state.time,
    };
    session.engineTimeBoots = state.engineTimeBoots;
    session.engineTimeBase = state.engineTimeBase;
    session.engineTimeReceivedAt = state.engineTimeReceivedAt;
    session.latestReceivedEngineTime = state.latestReceivedEngineTime;
  }

  /** Kept by endpoint, not by engine id: cloned devices share an id but not a clock. */
  private remember(target: SnmpTarget, session: Session): void {
    const parameters = session.msgSecurityParameters;
    if (parameters === undefined) return;
    const key = engineKey(target);
    keepNewest(this.engines, key, {
      engineId: parameters.msgAuthoritativeEngineID,
      boots: parameters.msgAuthoritativeEngineBoots,
      time: parameters.msgAuthoritativeEngineTime,
      engineTimeBoots: session.engineTimeBoots,
      engineTimeBase: session.engineTimeBase,
      engineTimeReceivedAt: session.engineTimeReceivedAt,
      latestReceivedEngineTime: session.latestReceivedEngineTime,
    });
    if (!this.answered.has(key) || !this.hasAnswered(target)) {
      keepNewest(this.answered, key, this.fingerprint(target));
    }
  }

  /** Credentials are compared by a keyed digest, so that no password lives in a map. */
  private fingerprint(target: SnmpTarget): string {
    return createHmac('sha256', this.fingerprintKey)
      .update(JSON.stringify(target.credentials))
      .digest('base64');
  }
}

function keepNewest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_ENGINES) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}

const engineKey = (target: SnmpTarget): string =>
  `${target.endpointId} ${target.host} ${target.port}`;

const sessionOptions = (
  target: SnmpTarget,
  dgramModule: { createSocket(type: string): unknown },
) => ({
  port: target.port,
  transport: isIPv6(target.host) ? ('udp6' as const) : ('udp4' as const),
  backoff: 1.5,
  backwardsGetNexts: false,
  // Ours is never sent by a client; a fixed one saves random octets a session.
  engineID: NO_ENGINE_ID,
  dgramModule,
});

function openLink(create: (dgramModule: { createSocket(type: string): unknown }) => Session): Link {
  const socket = new SessionSocket();
  const session = create({ createSocket: () => socket });
  session.on('error', () => {
    socket.garbage += 1;
  });
  session.onSimpleGetResponse = (request, message) => {
    request.responseCb(null, replyOf(message.pdu));
  };
  session.userSecurityModelError = (request, oid) => {
    request.responseCb(new SnmpFailure({ kind: 'report', report: REPORTS[oid] ?? 'other' }));
  };
  return { session, socket };
}

/** A response must have the level that was asked for (RFC 3412, 7.2.11); the library does not check. */
function requireLevel(session: Session, level: UsmCredentials['level']): void {
  if (level === 'noAuthNoPriv') return;
  session.onSimpleGetResponse = (request, message: RawMessage) => {
    const isLower = !message.hasAuthentication() || (level === 'authPriv' && !message.hasPrivacy());
    if (isLower) {
      request.responseCb(new SnmpFailure({ kind: 'decode', detail: 'lower security level' }));
      return;
    }
    request.responseCb(null, replyOf(message.pdu));
  };
}

/** The library tells causes apart by class name and code only. */
function failureOf(error: Error, session: Session, garbage: boolean): Error {
  if (error instanceof SnmpFailure) return error;
  if (error.name === 'RequestTimedOutError') {
    const isUsm = 'user' in session;
    const stage = isUsm && session.msgSecurityParameters === undefined ? 'discovery' : 'request';
    return new SnmpFailure({ kind: 'timeout', stage, garbage });
  }
  if (error.name === 'ResponseInvalidError') {
    return new SnmpFailure(invalidReply((error as Error & { code?: number }).code));
  }
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return new SnmpFailure({ kind: 'network', errno: code });
  }
  return new SnmpFailure({ kind: 'decode', detail: error.name });
}

function invalidReply(code: number | undefined): FailureCause {
  const is = (name: string): boolean => code === numberOf(ResponseInvalidCode, name);
  if (is('EAuthFailure')) return { kind: 'report', report: 'wrongDigests' };
  if (is('ECouldNotDecrypt')) return { kind: 'report', report: 'decryptionErrors' };
  if (is('ENotInTimeWindow')) return { kind: 'report', report: 'notInTimeWindows' };
  if (is('EUnexpectedReport')) return { kind: 'report', report: 'other' };
  if (is('ECommunityNoMatch')) return { kind: 'wrong_community' };
  return { kind: 'decode', detail: `invalid reply ${code ?? ''}` };
}

function numberOf(table: Record<string, number>, name: string): number {
  const value = table[name];
  if (value === undefined) throw new Error(`net-snmp has no ${name}`);
  return value;
}

function textOf(table: Record<string, string>, name: string): string {
  const value = table[name];
  if (value === undefined) throw new Error(`net-snmp has no ${name}`);
  return value;
}
