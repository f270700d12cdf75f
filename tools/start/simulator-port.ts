import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { StartError } from './start-error.ts';

/** First UDP port of the simulated devices; the next ones follow. */
const STANDARD_PORT = 16_100;
const DEVICES = 25;
const STRIDE = 100;
const TRIES = 50;

function isUdpPortFree(port: number, bind: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: bind.includes(':') ? 'udp6' : 'udp4' });
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: bind, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

async function isRangeFree(first: number, bind: string): Promise<boolean> {
  for (let offset = 0; offset < DEVICES; offset += 1) {
    if (!(await isUdpPortFree(first + offset, bind))) return false;
  }
  return true;
}

/**
 * The first port of the simulated devices. The demo's devices carry it in their addresses, so that it is chosen once for
 * a data folder: another installation on this machine may hold the standard ones.
 * @param file remembers the choice
 * @throws StartError when the remembered ports are taken
 */
export async function simulatorPort(file: string, bind: string): Promise<number> {
  const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  if (Number.isInteger(remembered)) {
    if (await isRangeFree(remembered, bind)) return remembered;
    throw new StartError(
      `UDP ports ${remembered} to ${remembered + DEVICES - 1} are taken; the simulator needs them for the demo devices. ` +
        'Stop what uses them, or start without the demo: DRM_DEMO=false npm start',
    );
  }
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = STANDARD_PORT + attempt * STRIDE;
    if (!(await isRangeFree(port, bind))) continue;
    writeFileSync(file, `${port}\n`);
    return port;
  }
  throw new StartError('There are no free UDP ports for the simulated devices: DRM_DEMO=false');
}
