import type {
  RunningSimulator,
  SimulatedDevice,
  SimulatorFactory,
  SimulatorOptions,
} from '@drm/protocol-core';
import { READ_COMMUNITY, WRITE_COMMUNITY } from './agent.ts';
import { AgentSocket } from './agent-socket.ts';
import { agentIdentity, type AgentIdentity } from './device-models.ts';
import type { AgentFaults } from './faults.ts';

interface SnmpSimulatorOptions extends SimulatorOptions {
  /** What is wrong with the agent at this place, for tests. */
  readonly faults?: (index: number) => AgentFaults;
}

export interface RunningSnmpSimulator extends RunningSimulator {
  /** Requests that reached the agents. */
  readonly requests: () => number;
}

interface SnmpSimulator extends SimulatorFactory {
  start(options: SnmpSimulatorOptions): Promise<RunningSnmpSimulator>;
}

/** SNMP v1 and v2c agents, each with a UDP port of its own, on consecutive ports. */
export const snmpSimulator: SnmpSimulator = {
  describe: (options) => identities(options).map((identity) => described(identity, options)),

  async start(options) {
    if (options.port + options.agents > 65_536) {
      throw new RangeError(`${options.agents} agents do not fit above port ${options.port}`);
    }
    const sockets: AgentSocket[] = [];
    const close = async (): Promise<void> => {
      await Promise.all(sockets.map((socket) => socket.close()));
    };
    try {
      const devices: SimulatedDevice[] = [];
      for (const identity of identities(options)) {
        const socket = new AgentSocket(identity, options.faults?.(identity.index) ?? {});
        sockets.push(socket);
        const port = options.port === 0 ? 0 : options.port + identity.index;
        const boundPort = await socket.bind(options.host, port);
        devices.push(device(identity, options.host, boundPort));
      }
      return {
        devices,
        close,
        requests: () => sockets.reduce((sum, socket) => sum + socket.requests, 0),
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

const identities = ({ agents, seed }: SimulatorOptions): AgentIdentity[] =>
  Array.from({ length: agents }, (_, index) => agentIdentity(seed, index));

const described = (identity: AgentIdentity, { host, port }: SimulatorOptions): SimulatedDevice =>
  device(identity, host, port + identity.index);

const device = (identity: AgentIdentity, host: string, port: number): SimulatedDevice => ({
  name: identity.name,
  serialNumber: identity.serialNumber,
  vendor: identity.model.vendor,
  model: identity.model.model,
  tags: ['simulated', identity.site],
  // An agent that listens everywhere is asked on this machine.
  address: `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
  credentials: { version: '2c', community: READ_COMMUNITY, writeCommunity: WRITE_COMMUNITY },
});
