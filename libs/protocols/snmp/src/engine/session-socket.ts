import { BerReader, TAG } from '../codec/ber.ts';
import { SnmpFailure } from './snmp-failure.ts';
import type { ChannelReceiver, UdpChannel } from './udp-channel.ts';

/** Stands in for the socket net-snmp would open, and carries one session's datagrams. */
export class SessionSocket implements ChannelReceiver {
  private onMessage: (datagram: Buffer) => void = () => undefined;
  private users = 0;
  private channel: UdpChannel | null = null;
  /** Reject functions of the exchanges under way. */
  readonly pending = new Set<(error: Error) => void>();
  /** Undecodable datagrams so far. */
  garbage = 0;

  on(event: string, handler: (datagram: Buffer) => void): this {
    if (event === 'message') this.onMessage = handler;
    return this;
  }

  ref(): void {
    // The channel's socket is shared; exchanges are kept alive by their timers.
  }

  unref(): void {
    // As ref.
  }

  close(): void {
    // The pool closes channels.
  }

  send(
    datagram: Buffer,
    offset: number,
    length: number,
    _port: number,
    _address: string,
    done: (error: Error | null) => void,
  ): void {
    if (this.channel === null) {
      // A retry whose exchange has ended meanwhile.
      done(new SnmpFailure({ kind: 'closed' }));
      return;
    }
    this.channel.send(datagram.subarray(offset, offset + length), done);
  }

  enter(channel: UdpChannel): void {
    this.users += 1;
    this.channel = channel;
    channel.attach(this);
  }

  leave(channel: UdpChannel): void {
    this.users -= 1;
    if (this.users > 0) return;
    channel.detach(this);
    this.channel = null;
  }

  onDatagram(datagram: Buffer): void {
    // The library reads a reply that was cut off as one without values.
    if (!isWhole(datagram)) {
      this.garbage += 1;
      return;
    }
    try {
      this.onMessage(datagram);
    } catch (error) {
      // The request is forgotten by then, so every exchange of this session ends here.
      this.failAll(new SnmpFailure({ kind: 'decode', detail: nameOf(error) }));
    }
  }

  onChannelError(error: NodeJS.ErrnoException): void {
    this.failAll(new SnmpFailure({ kind: 'network', errno: error.code ?? 'unknown' }));
  }

  private failAll(error: Error): void {
    for (const reject of [...this.pending]) reject(error);
  }
}

/** The outer SEQUENCE is there and lies within the datagram. */
function isWhole(datagram: Buffer): boolean {
  try {
    new BerReader(datagram).enter(TAG.sequence);
    return true;
  } catch {
    return false;
  }
}

/** Class names are safe to tell; messages may hold octets of the device. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
