import { createSocket, type Socket } from 'node:dgram';

const GET = 0xa0;
const RESPONSE = 0xa2;
const SET = 0xa3;
const EMPTY_TEXT: Buffer = Buffer.from([0x04, 0x00]);

interface Tlv {
  readonly tag: number;
  readonly body: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/**
 * SNMPv2c agents of one settable text each, every one on a loopback address of its own, that keep a log of writes:
 * what a device saw, whatever the platform believes. Trusts its caller; for benches only.
 */
export class ChaosAgents {
  /** Writes each agent saw. */
  readonly log: string[][] = [];
  private readonly sockets: Socket[] = [];

  get writes(): number {
    return this.log.reduce((sum, written) => sum + written.length, 0);
  }

  /** Agents that were written more than once. */
  get repeated(): number {
    return this.log.filter((written) => written.length > 1).length;
  }

  /** Address of an agent, `host:port`. */
  address(index: number, port: number): string {
    return `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}:${port}`;
  }

  async open(port: number, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const socket = createSocket('udp4');
      const written: string[] = [];
      let value: Buffer = EMPTY_TEXT;
      socket.on('message', (message, from) => {
        const answer = respond(message, value, (next, text) => {
          value = next;
          written.push(text);
        });
        if (answer !== null) socket.send(answer, from.port, from.address);
      });
      this.log.push(written);
      this.sockets.push(socket);
      const host = this.address(index, port).split(':')[0] ?? '';
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(port, host, resolve);
      });
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

function respond(
  message: Buffer,
  value: Buffer,
  write: (value: Buffer, text: string) => void,
): Buffer | null {
  const [outer] = split(message);
  const [version, community, pdu] = outer === undefined ? [] : split(outer.body);
  if (version === undefined || community === undefined || pdu === undefined) return null;
  if (pdu.tag !== GET && pdu.tag !== SET) return null;
  const [requestId, , , list] = split(pdu.body);
  if (requestId === undefined || list === undefined) return null;
  let current = value;
  const bindings = split(list.body).map((binding) => {
    const [oid, given] = split(binding.body);
    if (pdu.tag === SET && given !== undefined) {
      current = given.whole;
      write(given.whole, given.body.toString());
    }
    return tlv(0x30, Buffer.concat([oid?.whole ?? Buffer.alloc(0), current]));
  });
  const zero = Buffer.from([0x02, 0x01, 0x00]);
  const answer = tlv(
    RESPONSE,
    Buffer.concat([requestId.whole, zero, zero, tlv(0x30, Buffer.concat(bindings))]),
  );
  return tlv(0x30, Buffer.concat([version.whole, community.whole, answer]));
}

function split(octets: Buffer): Tlv[] {
  const parts: Tlv[] = [];
  for (let at = 0; at + 1 < octets.length;) {
    const first = octets[at + 1] ?? 0;
    const lengthOctets = first < 0x80 ? 0 : first & 0x7f;
    const length = lengthOctets === 0 ? first : octets.readUIntBE(at + 2, lengthOctets);
    const begin = at + 2 + lengthOctets;
    parts.push({
      tag: octets[at] ?? 0,
      body: octets.subarray(begin, begin + length),
      whole: octets.subarray(at, begin + length),
    });
    at = begin + length;
  }
  return parts;
}

function tlv(tag: number, body: Buffer): Buffer {
  const head =
    body.length < 0x80
      ? Buffer.from([tag, body.length])
      : Buffer.from([tag, 0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, body]);
}
