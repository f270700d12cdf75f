import { describe, expect, it } from '@jest/globals';
import { readEnvironment, SIMULATOR_ENV } from '@drm/config';
import { startHealthServer } from './health-server.ts';
import { startFleet } from './simulated-fleet.ts';

describe('fleet', () => {
  it('serves the devices of every protocol, and frees the ports when one is taken', async () => {
    const config = readEnvironment(SIMULATOR_ENV, {
      SIMULATOR_AGENTS: '3',
      SIMULATOR_PORT: '21600',
    });
    const fleet = await startFleet(config);
    expect(fleet.flatMap((part) => part.devices)).toHaveLength(3 * fleet.length);
    await expect(startFleet({ ...config, SIMULATOR_PORT: 21_599 })).rejects.toThrow('21600');
    for (const part of fleet) await part.close();
    const again = await startFleet({ ...config, SIMULATOR_PORT: 21_599 });
    for (const part of again) await part.close();
  });
});

describe('health', () => {
  it('answers 200 on /health and 404 elsewhere', async () => {
    const server = await startHealthServer(21_690, '127.0.0.1', () => ({ agents: 3 }));
    try {
      const health = await fetch('http://127.0.0.1:21690/health');
      expect([health.status, await health.json()]).toEqual([200, { status: 'ok', agents: 3 }]);
      expect((await fetch('http://127.0.0.1:21690/else')).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});
