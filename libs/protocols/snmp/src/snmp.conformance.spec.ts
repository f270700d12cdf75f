import { describeProtocolConformance } from '@drm/protocol-core/testing';
import { createSocket } from 'node:dgram';
import { snmpProtocol } from './snmp.protocol.ts';

const SYS_NAME = '1.3.6.1.2.1.1.5.0';
const PHYSICAL_ADDRESS = '1.3.6.1.2.1.2.2.1.6.1';

describeProtocolConformance(snmpProtocol, {
  settings: { timeoutMs: 500, retries: 1 },
  samples: {
    get: { kind: 'get', paths: [SYS_NAME, `.${PHYSICAL_ADDRESS}`] },
    set: { kind: 'set', values: [{ path: SYS_NAME, value: 'renamed' }] },
    list: { kind: 'list', path: '1.3.6.1.2.1.2.2.1', depth: 1 },
    walk: { kind: 'walk', path: '1.3.6.1.2.1', limit: 10_000 },
    probe: { kind: 'probe' },
  },
  rawPath: PHYSICAL_ADDRESS,
  silentAddress: async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    return {
      address: `127.0.0.1:${socket.address().port}`,
      close: () =>
        new Promise((resolve) => {
          socket.close(resolve);
        }),
    };
  },
});
