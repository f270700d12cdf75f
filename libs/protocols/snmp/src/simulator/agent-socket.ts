import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { BerWriter } from '../codec/ber.ts';
import { CodecError } from '../codec/codec-error.ts';
import { decodeMessage, encodeMessage, type CommunityMessage } from '../codec/pdu.ts';
import { SimulatedAgent } from './agent.ts';
import type { AgentIdentity } from './device-models.ts';
import type { AgentFaults } from './faults.ts';
import { seededRandom } from './random.ts';

/** One for all agents: they encode one reply after the other. */
const writer = new BerWriter(16_384);

/** The UDP end of a simulated agent, and the place where its transport faults happen. */
export class AgentSocket {
  private readonly socket: Socket;
  private readonly otherSocket: Socket | null;
  private readonly agent: SimulatedAgent;
  private readonly random: () => number;
  private readonly timers = new Set<NodeJS.Timeout>();
  requests = 0;

  constructor(
    identity: AgentIdentity,
    private readonly faults: AgentFaults,
  ) {
    this.agent = new SimulatedAgent(identity, performance.now(), faults);
    this.random = seededRandom(identity.seed);
    this.socket = createSocket('udp4');
    this.otherSocket = faults.otherPort === true ? createSocket('udp4') : null;
  }

  /** Listens and returns the port. @throws Error `EADDRINUSE` with the port in its message */
  async bind(host: string, port: number): Promise<number> {
    if (isIPv6(host)) throw new Error('the simulator listens on IPv4 addresses only');
    await new Promise<void>((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.bind({ address: host, port, exclusive: true }, () => {
        this.socket.off('error', reject);
        resolve();
      });
    });
    // ICMP errors of managers that went away are not ours.
    this.socket.on('error', () => undefined);
    this.socket.on('message', (datagram, from) => {
      this.onDatagram(datagram, from);
    });
    return this.socket.address().port;
  }

  close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.otherSocket?.close();
    return new Promise((resolve) => {
      try {
        this.socket.close(() => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  private onDatagram(datagram: Buffer, from: RemoteInfo): void {
    this.requests += 1;
    const { faults } = this;
    if (faults.silent === true) return;
    if (faults.dropShare !== undefined && this.random() < faults.dropShare) return;
    let request: CommunityMessage;
    try {
      request = decodeMessage(datagram);
    } catch (error) {
      if (error instanceof CodecError) return;
      throw error;
    }
    if (request.pdu.type === 'set' && faults.silentSet === 'before') return;
    const reply = this.agent.respond(request, performance.now());
    if (reply === null || (request.pdu.type === 'set' && faults.silentSet === 'after')) return;
    if (request.pdu.type === 'set' && faults.silentSet === 'garbled') this.send(this.noise(), from);
    else if (faults.delayMs === undefined) this.reply(reply, from);
    else this.later(faults.delayMs, reply, from);
  }

  private later(ms: number, reply: CommunityMessage, to: RemoteInfo): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.reply(reply, to);
    }, ms);
    this.timers.add(timer);
  }

  private reply(reply: CommunityMessage, to: RemoteInfo): void {
    const { faults } = this;
    const bytes = encodeMessage(this.disguised(reply), writer);
    if (faults.noisy === true) {
      this.send(this.noise(), to);
      this.send(encodeMessage(withOtherId(reply), writer), to);
    }
    if (faults.garbage === true) this.send(this.noise(), to);
    else if (faults.truncated === true) this.send(bytes.subarray(0, bytes.length >> 1), to);
    else this.send(bytes, to);
    if (faults.doubled === true) this.send(bytes, to);
  }

  private disguised(reply: CommunityMessage): CommunityMessage {
    if (this.faults.wrongRequestId === true) return withOtherId(reply);
    if (this.faults.wrongCommunity === true) return { ...reply, community: 'another' };
    return reply;
  }

  private send(bytes: Uint8Array, to: RemoteInfo): void {
    (this.otherSocket ?? this.socket).send(bytes, to.port, to.address, () => undefined);
  }

  private noise(): Uint8Array {
    return Uint8Array.from({ length: 60 }, () => Math.floor(this.random() * 256));
  }
}

const withOtherId = (reply: CommunityMessage): CommunityMessage => ({
  ...reply,
  pdu: { ...reply.pdu, requestId: (reply.pdu.requestId + 7) & 0x7fff_ffff },
});
