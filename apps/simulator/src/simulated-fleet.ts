import type { SimulatorEnvironment } from '@drm/config';
import type { RunningSimulator } from '@drm/protocol-core';
import { PROTOCOLS } from '@drm/protocol-registry';

export interface FleetPart extends RunningSimulator {
  readonly protocol: string;
}

/** Starts the simulated devices of every protocol in this build; all or none. */
export async function startFleet(config: SimulatorEnvironment): Promise<readonly FleetPart[]> {
  const started: FleetPart[] = [];
  try {
    for (const protocol of PROTOCOLS) {
      const factory = await protocol.simulator();
      const running = await factory.start({
        host: config.DRM_BIND,
        port: config.SIMULATOR_PORT,
        agents: config.SIMULATOR_AGENTS,
        seed: config.SIMULATOR_SEED,
      });
      started.push({
        protocol: protocol.id,
        devices: running.devices,
        close: () => running.close(),
      });
    }
    return started;
  } catch (error) {
    await Promise.all(started.map((part) => part.close()));
    throw error;
  }
}
