import { createSocket, type Socket } from 'node:dgram';

/** A free UDP port of this machine. */
export async function freeUdpPort(): Promise<number> {
  const socket = await bound();
  const { port } = socket.address();
  await new Promise<void>((resolve) => void socket.close(resolve));
  return port;
}

/** A port that takes every datagram and never answers. */
export async function silentPort(): Promise<{ readonly port: number; close(): void }> {
  const socket = await bound();
  return { port: socket.address().port, close: () => void socket.close() };
}

function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve(socket));
  });
}
