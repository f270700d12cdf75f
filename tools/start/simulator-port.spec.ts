import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatorPort } from './simulator-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('ports of the simulated devices', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let other: Socket | null = null;
  beforeEach(() => {
    folder = temporaryFolder('sim');
  });
  afterEach(async () => {
    if (other) await new Promise<void>((resolve) => other?.close(resolve));
    other = null;
    folder.remove();
  });

  const file = (): string => join(folder.path, 'simulator-port');
  async function occupy(port: number): Promise<void> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
    other = socket;
  }

  it('are chosen once and kept, since devices carry them in their addresses', async () => {
    const first = await simulatorPort(file(), '127.0.0.1');
    expect(readFileSync(file(), 'utf8').trim()).toBe(String(first));
    expect(await simulatorPort(file(), '127.0.0.1')).toBe(first);
  });

  it('are others when one of the wanted range is taken', async () => {
    const first = await simulatorPort(join(folder.path, 'one'), '127.0.0.1');
    await occupy(first + 7);
    expect(await simulatorPort(join(folder.path, 'two'), '127.0.0.1')).not.toBe(first);
  });

  it('are named when they are taken at a later start', async () => {
    const first = await simulatorPort(file(), '127.0.0.1');
    await occupy(first);
    await expect(simulatorPort(file(), '127.0.0.1')).rejects.toThrow(`UDP ports ${first} to`);
  });
});
