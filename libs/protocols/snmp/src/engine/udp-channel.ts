import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Gets every datagram of a channel, and the error that ended it. Must not throw. */
export interface ChannelReceiver {
  onDatagram(datagram: Buffer): void;
  onChannelError(error: NodeJS.ErrnoException): void;
}

/**
 * A UDP socket to one device. It is connected, so that the kernel drops whatever comes from another address or port
 * and tells by ICMP when nobody listens; unconnected only where the endpoint accepts other sources.
 */
export class UdpChannel {
  private readonly socket: Socket;
  private readonly receivers = new Set<ChannelReceiver>();
  private readonly waiting: (() => void)[] = [];
  private inFlight = 0;
  private connected = false;
  private failure: NodeJS.ErrnoException | null = null;
  readonly ready: Promise<void>;
  /** Monotonic milliseconds of the last release. */
  idleSince = 0;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly anySource: boolean,
  ) {
    this.socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      // The host is an address already: a look-up in the thread pool would only cost time.
      lookup: (address, _options, done) => {
        done(null, address, isIPv6(address) ? 6 : 4);
      },
    });
    // Requests hold their own timers; an idle socket must not keep the process alive.
    this.socket.unref();
    this.socket.on('message', (datagram) => {
      for (const receiver of this.receivers) receiver.onDatagram(datagram);
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.fail(error);
    });
    this.ready = anySource ? Promise.resolve() : this.connect();
    if (anySource) this.connected = true;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.waiting.length === 0;
  }

  get isBroken(): boolean {
    return this.failure !== null;
  }

  get isReady(): boolean {
    return this.connected;
  }

  /** Waits for one of `limit` places; the channel must be released once for every acquire. */
  async acquire(limit: number): Promise<void> {
    while (this.inFlight >= limit) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.inFlight += 1;
  }

  /** Takes a place if one is free, without a promise. */
  tryAcquire(limit: number): boolean {
    if (this.inFlight >= limit) return false;
    this.inFlight += 1;
    return true;
  }

  release(nowMs: number): void {
    this.inFlight -= 1;
    this.idleSince = nowMs;
    this.waiting.shift()?.();
  }

  attach(receiver: ChannelReceiver): void {
    this.receivers.add(receiver);
  }

  detach(receiver: ChannelReceiver): void {
    this.receivers.delete(receiver);
  }

  send(datagram: Buffer, done: (error: Error | null) => void): void {
    if (this.failure !== null) {
      done(this.failure);
    } else if (this.anySource) {
      this.socket.send(datagram, this.port, this.host, done);
    } else {
      this.socket.send(datagram, done);
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.failure ??= Object.assign(new Error('channel closed'), { code: 'ECLOSED' });
      try {
        this.socket.close(() => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  private connect(): Promise<void> {
    return new Promise((resolve) => {
      // A fault is kept and told by the first send, so that nothing is left unhandled.
      this.socket.once('error', () => {
        resolve();
      });
      this.socket.connect(this.port, this.host, () => {
        this.connected = true;
        resolve();
      });
    });
  }

  private fail(error: NodeJS.ErrnoException): void {
    this.failure ??= error;
    for (const receiver of [...this.receivers]) receiver.onChannelError(error);
  }
}

const IDLE_MS = 15_000;
const SWEEP_MS = 5_000;

/** Channels by device address, closed when idle. At most `cap` are kept; more live only while they are in use. */
export class UdpChannelPool {
  private readonly channels = new Map<string, UdpChannel>();
  private readonly closing = new Set<Promise<void>>();
  private sweeper: NodeJS.Timeout | null = null;

  constructor(
    private readonly monotonicMs: () => number,
    private readonly cap = 500,
  ) {}

  get size(): number {
    return this.channels.size;
  }

  /** The channel of this address; not yet acquired. */
  channel(host: string, port: number, anySource: boolean): UdpChannel {
    const key = `${host} ${port} ${anySource ? 'any' : ''}`;
    const known = this.channels.get(key);
    if (known !== undefined && !known.isBroken) return known;
    if (known !== undefined) this.drop(key, known);
    if (this.channels.size >= this.cap) this.dropLongestIdle();
    const channel = new UdpChannel(host, port, anySource);
    channel.idleSince = this.monotonicMs();
    this.channels.set(key, channel);
    this.sweeper ??= setInterval(() => {
      this.sweep();
    }, SWEEP_MS).unref();
    return channel;
  }

  /** Gives a place back; what is broken or too much is closed. */
  release(channel: UdpChannel): void {
    channel.release(this.monotonicMs());
    if (!channel.isIdle) return;
    if (!channel.isBroken && this.channels.size <= this.cap) return;
    for (const [key, known] of this.channels) {
      if (known === channel) {
        this.drop(key, channel);
        return;
      }
    }
    this.finish(channel);
  }

  async close(): Promise<void> {
    if (this.sweeper !== null) clearInterval(this.sweeper);
    this.sweeper = null;
    for (const [key, channel] of [...this.channels]) this.drop(key, channel);
    await Promise.all(this.closing);
  }

  private sweep(): void {
    const before = this.monotonicMs() - IDLE_MS;
    for (const [key, channel] of [...this.channels]) {
      if (channel.isIdle && channel.idleSince < before) this.drop(key, channel);
    }
    if (this.channels.size === 0 && this.sweeper !== null) {
      clearInterval(this.sweeper);
      this.sweeper = null;
    }
  }

  /** Insertion order is close to age: the first idle one found is good enough and needs no sort. */
  private dropLongestIdle(): void {
    for (const [key, channel] of this.channels) {
      if (channel.isIdle) {
        this.drop(key, channel);
        return;
      }
    }
  }

  private drop(key: string, channel: UdpChannel): void {
    this.channels.delete(key);
    this.finish(channel);
  }

  private finish(channel: UdpChannel): void {
    const closed = channel.close();
    this.closing.add(closed);
    void closed.then(() => this.closing.delete(closed));
  }
}
