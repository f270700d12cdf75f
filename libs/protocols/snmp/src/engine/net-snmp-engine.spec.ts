import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket } from 'node:dgram';
import { BerReader, BerWriter, TAG } from '../codec/ber.ts';
import { decodeMessage, encodeMessage, PDU_TAG } from '../codec/pdu.ts';
import { seededRandom } from '../simulator/random.ts';
import { NetSnmpEngine } from './net-snmp-engine.ts';
import type { SnmpTarget } from './snmp-engine.ts';
import { SnmpFailure } from './snmp-failure.ts';

const UPTIME = '1.3.6.1.2.1.1.3.0';
const ENGINE_ID = Buffer.from('80001f8880a1b2c3d4e5f60718', 'hex');

/** msgID of a v3 message (RFC 3412, 6.2), or null for v1 and v2c. */
function messageId(request: Uint8Array): number | null {
  const reader = new BerReader(request).nested(TAG.sequence);
  return reader.readInteger() === 3 ? reader.nested(TAG.sequence).readInteger() : null;
}

/** A report of usmStatsUnknownEngineIDs, as agents answer a discovery. */
function reportFor(id: number): Uint8Array {
  const parameters = new BerWriter();
  for (const text of ['', '', '']) parameters.octets(Buffer.from(text));
  parameters.integer(1000);
  parameters.integer(3);
  parameters.octets(ENGINE_ID);
  parameters.wrap(TAG.sequence, 0);
  const security = parameters.finish();

  const writer = new BerWriter();
  writer.integer(7, TAG.counter32);
  writer.oid('1.3.6.1.6.3.15.1.1.4.0');
  writer.wrap(TAG.sequence, 0);
  writer.wrap(TAG.sequence, 0);
  for (const field of [0, 0, id]) writer.integer(field);
  writer.wrap(PDU_TAG.report, 0);
  writer.octets(Buffer.alloc(0));
  writer.octets(ENGINE_ID);
  writer.wrap(TAG.sequence, 0);
  writer.octets(security);
  const before = writer.size;
  writer.integer(3);
  writer.octets([0]);
  writer.integer(65_507);
  writer.integer(id);
  writer.wrap(TAG.sequence, before);
  writer.integer(3);
  writer.wrap(TAG.sequence, 0);
  return writer.finish();
}

describe('NetSnmpEngine', () => {
  let engine: NetSnmpEngine;
  let peer: Socket;
  let port = 0;
  /** What the peer answers to a request. */
  let answer: (request: Buffer) => readonly Uint8Array[] = () => [];

  beforeAll(async () => {
    engine = new NetSnmpEngine(() => performance.now());
    peer = createSocket('udp4');
    peer.on('message', (request, from) => {
      for (const datagram of answer(request)) peer.send(datagram, from.port, from.address);
    });
    await new Promise<void>((resolve) => {
      peer.bind(0, '127.0.0.1', resolve);
    });
    ({ port } = peer.address());
  });
  afterAll(async () => {
    await engine.close();
    await new Promise<void>((resolve) => {
      peer.close(resolve);
    });
  });

  const target = (overrides: Partial<SnmpTarget> = {}): SnmpTarget => ({
    endpointId: 'peer',
    host: '127.0.0.1',
    port,
    credentials: { version: '2c', community: 'public' },
    maxInFlight: 64,
    acceptOtherSource: false,
    ...overrides,
  });
  const V3: SnmpTarget['credentials'] = {
    version: '3',
    user: 'u',
    level: 'authPriv',
    authProtocol: 'sha256',
    authPassword: 'a password',
    privProtocol: 'aes128',
  };

  const goodReply = (request: Buffer): Uint8Array => {
    const message = decodeMessage(request);
    const varbinds = message.pdu.varbinds.map(({ oid }) => ({
      oid,
      value: { type: 'timeTicks' as const, value: 100 },
    }));
    return encodeMessage({ ...message, pdu: { ...message.pdu, type: 'response', varbinds } });
  };

  it('converts every type both ways', async () => {
    const values = [
      { type: 'integer', value: -5 },
      { type: 'octetString', value: Buffer.from('00ff', 'hex') },
      { type: 'octetString', value: Buffer.alloc(0) },
      { type: 'null' },
      { type: 'oid', value: '1.3.6.1.4.1.4294967295' },
      { type: 'ipAddress', value: '192.0.2.1' },
      { type: 'counter32', value: 4_294_967_295 },
      { type: 'gauge32', value: 4_294_967_295 },
      { type: 'timeTicks', value: 1 },
      { type: 'opaque', value: Buffer.from('9f780442f60000', 'hex') },
      { type: 'counter64', value: 0n },
      { type: 'counter64', value: 255n },
      { type: 'counter64', value: 2n ** 64n - 1n },
    ] as const;
    const varbinds = values.map((value, index) => ({ oid: `1.3.6.1.${index + 1}`, value }));
    let asSent: unknown;
    answer = (request) => {
      const message = decodeMessage(request);
      asSent = message.pdu.varbinds;
      return [encodeMessage({ ...message, pdu: { ...message.pdu, type: 'response' } })];
    };
    const reply = await engine.set(target(), varbinds, { timeoutMs: 500, retries: 0 });
    const plain = (list: unknown): unknown =>
      JSON.parse(
        JSON.stringify(list, (_key, value: unknown) => {
          if (typeof value === 'bigint') return value.toString();
          return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
        }).replaceAll(/\{"type":"Buffer","data":\[([\d,]*)\]\}/g, (_all, data: string) =>
          JSON.stringify(
            Buffer.from(data === '' ? [] : data.split(',').map(Number)).toString('hex'),
          ),
        ),
      );
    expect(plain(asSent)).toEqual(plain(varbinds));
    expect(plain(reply.varbinds)).toEqual(plain(varbinds));
  });

  it('survives any reply, and every exchange ends', async () => {
    const random = seededRandom(11);
    const pick = (below: number): number => Math.floor(random() * below);
    const mangled = (bytes: Uint8Array): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      for (let count = pick(4); count >= 0; count -= 1) copy[pick(copy.length)] = pick(256);
      return random() < 0.2 ? copy.subarray(0, pick(copy.length)) : copy;
    };
    answer = (request) => {
      const id = messageId(request);
      if (id === null) return [mangled(goodReply(request))];
      return [random() < 0.3 ? reportFor(id) : mangled(reportFor(id)), mangled(request)];
    };
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        engine
          .get(target(index % 2 === 0 ? {} : { credentials: V3 }), [UPTIME], {
            timeoutMs: 60,
            retries: 0,
          })
          .then(
            () => 'reply',
            (error: unknown) => error,
          ),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome !== 'reply') expect(outcome).toBeInstanceOf(SnmpFailure);
    }
    answer = (request) => [goodReply(request)];
    const patient = { timeoutMs: 2000, retries: 2 };
    await expect(engine.get(target(), [UPTIME], patient)).resolves.toBeDefined();
  }, 20_000);

  it('tells silence before the v3 discovery from silence after it', async () => {
    const credentials = { ...V3, user: 'somebody' };
    const options = { timeoutMs: 50, retries: 0 };
    answer = () => [];
    await expect(
      engine.get(target({ endpointId: 'a', credentials }), [UPTIME], options),
    ).rejects.toMatchObject({ failure: { kind: 'timeout', stage: 'discovery' } });
    let seen = 0;
    answer = (request) => {
      const id = messageId(request);
      seen += 1;
      return id === null || seen > 1 ? [] : [reportFor(id)];
    };
    await expect(
      engine.get(target({ endpointId: 'b', credentials }), [UPTIME], options),
    ).rejects.toMatchObject({ failure: { kind: 'timeout', stage: 'request' } });
    expect(seen).toBe(2);
  });

  it('still works after all that', async () => {
    // Requests of before may still lie in the peer's queue.
    answer = (request) => (messageId(request) === null ? [goodReply(request)] : []);
    const reply = await engine.get(target(), [UPTIME], { timeoutMs: 500, retries: 0 });
    expect(reply.varbinds).toEqual([{ oid: UPTIME, value: { type: 'timeTicks', value: 100 } }]);
  });

  it.each(['des', 'aes192', 'aes192-cisco'] as const)(
    'refuses %s before it sends',
    async (privProtocol) => {
      answer = () => {
        throw new Error('something was sent');
      };
      const run = engine.get(target({ credentials: { ...V3, privProtocol } }), [UPTIME], {
        timeoutMs: 50,
        retries: 0,
      });
      await expect(run).rejects.toMatchObject({
        failure: { kind: 'unsupported', algorithm: privProtocol },
      });
    },
  );

  it('ends an exchange with the reason of the signal and keeps no timer', async () => {
    answer = () => [];
    const controller = new AbortController();
    const reason = new Error('stop');
    const run = engine.get(target(), [UPTIME], {
      timeoutMs: 60_000,
      retries: 3,
      signal: controller.signal,
    });
    setTimeout(() => {
      controller.abort(reason);
    }, 5);
    await expect(run).rejects.toBe(reason);
  });

  it('writes with the write community where there is one', async () => {
    const seen: string[] = [];
    answer = (request) => {
      seen.push(decodeMessage(request).community);
      return [goodReply(request)];
    };
    const options = { timeoutMs: 500, retries: 0 };
    const credentials = { version: '2c', community: 'r', writeCommunity: 'w' } as const;
    const varbinds = [{ oid: UPTIME, value: { type: 'integer', value: 1 } }] as const;
    await engine.set(target({ credentials }), varbinds, options);
    await engine.get(target({ credentials }), [UPTIME], options);
    await engine.set(target(), varbinds, options);
    expect(seen).toEqual(['w', 'r', 'public']);
  });
});
