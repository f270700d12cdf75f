import { readEnvironmentOrExit, SIMULATOR_ENV } from '@drm/config';
import { pino } from 'pino';
import { startHealthServer } from './health-server.ts';
import { startFleet } from './simulated-fleet.ts';

async function main(): Promise<void> {
  const config = readEnvironmentOrExit(SIMULATOR_ENV);
  const log = pino({ name: 'simulator', level: config.LOG_LEVEL });
  const fleet = await startFleet(config);
  const agents = fleet.reduce((sum, part) => sum + part.devices.length, 0);
  const health = await startHealthServer(config.HEALTH_PORT, config.DRM_BIND, () => ({
    agents,
  }));
  log.info(
    {
      agents,
      host: config.DRM_BIND,
      port: config.SIMULATOR_PORT,
      healthPort: config.HEALTH_PORT,
    },
    'simulated devices are up',
  );

  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'stopping');
    void Promise.all([health.close(), ...fleet.map((part) => part.close())]).then(() => {
      log.info('stopped');
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

try {
  await main();
} catch (error) {
  pino({ name: 'simulator' }).fatal(
    { reason: error instanceof Error ? error.message : 'unknown' },
    'the simulator could not start',
  );
  process.exitCode = 1;
}
