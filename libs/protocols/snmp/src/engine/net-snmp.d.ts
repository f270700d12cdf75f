/** The part of net-snmp 3.29.2 that the adapter uses; the package ships no types. */
declare module 'net-snmp' {
  import type { EventEmitter } from 'node:events';

  interface RawVarBind {
    oid: string;
    type?: number;
    value?: unknown;
  }

  interface RawPdu {
    type: number;
    errorStatus: number;
    errorIndex: number;
    varbinds: RawVarBind[];
  }

  interface RawMessage {
    pdu: RawPdu;
    hasAuthentication(): boolean;
    hasPrivacy(): boolean;
  }

  interface RawRequest {
    responseCb(error: Error | null, reply?: unknown): void;
  }

  interface SecurityParameters {
    msgAuthoritativeEngineID: Buffer;
    msgAuthoritativeEngineBoots: number;
    msgAuthoritativeEngineTime: number;
  }

  interface User {
    name: string;
    level: number;
    authProtocol?: string;
    authKey?: string;
    privProtocol?: string;
    privKey?: string;
  }

  interface SessionOptions {
    port?: number;
    version?: number;
    transport?: 'udp4' | 'udp6';
    retries?: number;
    timeout?: number;
    backoff?: number;
    context?: string;
    backwardsGetNexts?: boolean;
    engineID?: Buffer;
    dgramModule?: { createSocket(type: string): unknown };
  }

  class Session extends EventEmitter {
    timeout: number;
    retries: number;
    msgSecurityParameters?: SecurityParameters;
    engineTimeBoots: number | null;
    engineTimeBase: number | null;
    engineTimeReceivedAt: number | null;
    latestReceivedEngineTime: number | null;
    onSimpleGetResponse(request: RawRequest, message: RawMessage): void;
    userSecurityModelError(request: RawRequest, oid: string): void;
    cancelRequests(error: Error): void;
    get(oids: readonly string[], done: (error: Error | null, reply?: unknown) => void): this;
    getNext(oids: readonly string[], done: (error: Error | null, reply?: unknown) => void): this;
    getBulk(
      oids: readonly string[],
      nonRepeaters: number,
      maxRepetitions: number,
      done: (error: Error | null, reply?: unknown) => void,
    ): this;
    set(varbinds: RawVarBind[], done: (error: Error | null, reply?: unknown) => void): this;
  }

  const snmp: {
    Version1: number;
    Version2c: number;
    Version3: number;
    SecurityLevel: Record<string, number>;
    AuthProtocols: Record<string, string>;
    PrivProtocols: Record<string, string>;
    ObjectType: Record<string, number>;
    ResponseInvalidCode: Record<string, number>;
    createSession(target: string, community: string, options: SessionOptions): Session;
    createV3Session(target: string, user: User, options: SessionOptions): Session;
  };
  export default snmp;
  export type { RawMessage, RawPdu, RawRequest, RawVarBind, Session, SessionOptions, User };
}
