import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket } from 'node:dgram';
import { UdpChannelPool, type ChannelReceiver, type UdpChannel } from './udp-channel.ts';

describe('UdpChannelPool', () => {
  let now = 0;
  let pool: UdpChannelPool;
  let echo: Socket;
  let port = 0;

  beforeEach(async () => {
    now = 0;
    pool = new UdpChannelPool(() => now, 2);
    echo = createSocket('udp4');
    echo.on('message', (datagram, from) => echo.send(datagram, from.port, from.address));
    await new Promise<void>((resolve) => {
      echo.bind(0, '127.0.0.1', resolve);
    });
    ({ port } = echo.address());
  });
  afterEach(async () => {
    await pool.close();
    await new Promise<void>((resolve) => {
      echo.close(resolve);
    });
  });

  /** Sends one datagram and waits for what comes back. */
  const roundTrip = async (channel: UdpChannel, text: string): Promise<string> => {
    await channel.ready;
    return new Promise((resolve, reject) => {
      const receiver: ChannelReceiver = {
        onDatagram: (datagram) => {
          channel.detach(receiver);
          resolve(datagram.toString());
        },
        onChannelError: reject,
      };
      channel.attach(receiver);
      channel.send(Buffer.from(text), (error) => {
        if (error !== null) reject(error);
      });
    });
  };

  it('gives the same socket for the same address', async () => {
    const channel = pool.channel('127.0.0.1', port, false);
    expect(pool.channel('127.0.0.1', port, false)).toBe(channel);
    expect(pool.channel('127.0.0.1', port, true)).not.toBe(channel);
    expect(await roundTrip(channel, 'hello')).toBe('hello');
  });

  it('keeps no more than its cap, and closes the idle ones first', () => {
    const busy = pool.channel('127.0.0.1', 1001, false);
    expect(busy.tryAcquire(1)).toBe(true);
    pool.channel('127.0.0.1', 1002, false);
    pool.channel('127.0.0.1', 1003, false);
    expect(pool.size).toBe(2);
    expect(pool.channel('127.0.0.1', 1001, false)).toBe(busy);
  });

  it('serves more than its cap while all are in use, and shrinks afterwards', () => {
    const channels = [1001, 1002, 1003].map((remote) => pool.channel('127.0.0.1', remote, false));
    for (const channel of channels) channel.tryAcquire(1);
    pool.channel('127.0.0.1', 1004, false).tryAcquire(1);
    expect(pool.size).toBeGreaterThan(2);
    for (const channel of channels) pool.release(channel);
    expect(pool.size).toBeLessThanOrEqual(2);
  });

  it('lets only so many in at a time', async () => {
    const channel = pool.channel('127.0.0.1', port, false);
    expect(channel.tryAcquire(1)).toBe(true);
    expect(channel.tryAcquire(1)).toBe(false);
    const next = channel.acquire(1);
    pool.release(channel);
    await next;
    expect(channel.tryAcquire(1)).toBe(false);
  });

  it('replaces a socket that the network broke', async () => {
    const closed = createSocket('udp4');
    await new Promise<void>((resolve) => {
      closed.bind(0, '127.0.0.1', resolve);
    });
    const remote = closed.address().port;
    await new Promise<void>((resolve) => {
      closed.close(resolve);
    });
    const channel = pool.channel('127.0.0.1', remote, false);
    await expect(roundTrip(channel, 'x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(pool.channel('127.0.0.1', remote, false)).not.toBe(channel);
  });
});
