/** Simulated SNMP agents in a process of their own: node … tools/bench/agents.ts <first port> <count> */
import { protocolById } from '@drm/protocol-registry';

const [port, agents] = process.argv.slice(2).map(Number);
const simulator = await protocolById('snmp')?.simulator();
await simulator?.start({ host: '127.0.0.1', port: port ?? 0, agents: agents ?? 1, seed: 1 });
process.stdout.write('agents are up\n');
