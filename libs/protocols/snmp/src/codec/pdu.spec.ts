import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CodecError } from './codec-error.ts';
import {
  decodeMessage,
  encodeMessage,
  PDU_TAG,
  type CommunityMessage,
  type PduType,
} from './pdu.ts';

const GET_SYS_UP_TIME: CommunityMessage = {
  version: '2c',
  community: 'public',
  pdu: {
    type: 'get',
    requestId: 1,
    errorStatus: 0,
    errorIndex: 0,
    varbinds: [{ oid: '1.3.6.1.2.1.1.3.0', value: { type: 'null' } }],
  },
};
const GET_SYS_UP_TIME_HEX =
  '302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

const aMessage: fc.Arbitrary<CommunityMessage> = fc.record({
  version: fc.constantFrom('1' as const, '2c' as const),
  community: fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }),
  pdu: fc.record({
    type: fc.constantFrom(...(Object.keys(PDU_TAG) as PduType[])),
    requestId: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    errorStatus: fc.integer({ min: 0, max: 18 }),
    errorIndex: fc.integer({ min: 0, max: 50 }),
    varbinds: fc.array(
      fc.record({
        oid: fc
          .array(fc.nat(0xffff_ffff), { minLength: 1, maxLength: 10 })
          .map((arcs) => `1.3.${arcs.join('.')}`),
        value: fc.oneof(
          fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
          fc.record({ type: fc.constant('gauge32' as const), value: fc.nat(0xffff_ffff) }),
          fc.record({
            type: fc.constant('octetString' as const),
            value: fc.uint8Array({ maxLength: 300 }),
          }),
          fc.constant({ type: 'endOfMibView' as const }),
        ),
      }),
      { maxLength: 20 },
    ),
  }),
});

describe('community messages', () => {
  it('encodes and decodes a GET of sysUpTime.0 as net-snmp does', () => {
    expect(Buffer.from(encodeMessage(GET_SYS_UP_TIME)).toString('hex')).toBe(GET_SYS_UP_TIME_HEX);
    expect(decodeMessage(octets(GET_SYS_UP_TIME_HEX))).toEqual(GET_SYS_UP_TIME);
  });

  it('gives back every message it encoded', () => {
    fc.assert(
      fc.property(aMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  it('ignores octets after the message', () => {
    expect(decodeMessage(octets(`${GET_SYS_UP_TIME_HEX}dead`))).toEqual(GET_SYS_UP_TIME);
  });

  it('refuses a v3 message and a PDU it does not know', () => {
    expect(() => decodeMessage(octets(GET_SYS_UP_TIME_HEX.replace('020101', '020103')))).toThrow(
      CodecError,
    );
    expect(() => decodeMessage(octets(GET_SYS_UP_TIME_HEX.replace('a019', 'b019')))).toThrow(
      CodecError,
    );
  });

  it('refuses more than 4,096 varbinds', () => {
    const [varbind] = GET_SYS_UP_TIME.pdu.varbinds;
    if (varbind === undefined) throw new Error('the message has a varbind');
    const pdu = { ...GET_SYS_UP_TIME.pdu, varbinds: new Array(4097).fill(varbind) };
    expect(() => decodeMessage(encodeMessage({ ...GET_SYS_UP_TIME, pdu }))).toThrow(CodecError);
  });

  it('ends in CodecError or a message, whatever arrives', () => {
    const good = octets(GET_SYS_UP_TIME_HEX);
    const onlyCodecErrors = (bytes: Uint8Array): void => {
      try {
        decodeMessage(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), onlyCodecErrors), { numRuns: 3000 });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, octet, cut) => {
        const mutated = Uint8Array.from(good);
        mutated[at] = octet;
        onlyCodecErrors(mutated);
        onlyCodecErrors(mutated.subarray(0, cut));
      }),
      { numRuns: 5000 },
    );
  });
});
