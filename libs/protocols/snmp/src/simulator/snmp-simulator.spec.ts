import { describe, expect, it } from '@jest/globals';
import type { CommunityMessage, PduType } from '../codec/pdu.ts';
import type { SnmpValue } from '../codec/snmp-value.ts';
import { READ_COMMUNITY, SimulatedAgent } from './agent.ts';
import { agentIdentity } from './device-models.ts';
import { snmpSimulator } from './snmp-simulator.ts';

const IN_OCTETS = '1.3.6.1.2.1.31.1.1.1.6.1';
const UPTIME = '1.3.6.1.2.1.1.3.0';

const ask = (
  type: PduType,
  oids: readonly string[],
  overrides: Partial<CommunityMessage> = {},
): CommunityMessage => ({
  version: '2c',
  community: READ_COMMUNITY,
  ...overrides,
  pdu: {
    type,
    requestId: 42,
    errorStatus: 0,
    errorIndex: type === 'getBulk' ? 5 : 0,
    varbinds: oids.map((oid) => ({ oid, value: { type: 'null' } })),
  },
});

const anAgent = (index = 0): SimulatedAgent => new SimulatedAgent(agentIdentity(1, index), 0);

function read(agent: SimulatedAgent, oid: string, nowMs: number): SnmpValue {
  const value = agent.respond(ask('get', [oid]), nowMs)?.pdu.varbinds[0]?.value;
  if (value === undefined) throw new Error(`no answer for ${oid}`);
  return value;
}

const numberIn = (value: SnmpValue): number => Number('value' in value ? value.value : NaN);

describe('simulated agents', () => {
  it('are the same for the same seed, and others for another', () => {
    const options = { host: '127.0.0.1', port: 16_100, agents: 25, seed: 5 };
    expect(snmpSimulator.describe(options)).toEqual(snmpSimulator.describe(options));
    expect(snmpSimulator.describe(options)).not.toEqual(
      snmpSimulator.describe({ ...options, seed: 6 }),
    );
  });

  it('have names, serial numbers and addresses of their own', () => {
    const devices = snmpSimulator.describe({
      host: '127.0.0.1',
      port: 20_000,
      agents: 3000,
      seed: 1,
    });
    expect(new Set(devices.map(({ serialNumber }) => serialNumber)).size).toBe(3000);
    expect(new Set(devices.map(({ name }) => name)).size).toBe(3000);
    expect(devices.at(-1)?.address).toBe('127.0.0.1:22999');
  });

  it('start with the ports and devices that were described', async () => {
    const options = { host: '127.0.0.1', port: 21_500, agents: 3, seed: 1 };
    const running = await snmpSimulator.start(options);
    try {
      expect(running.devices).toEqual(snmpSimulator.describe(options));
      await expect(snmpSimulator.start(options)).rejects.toThrow('21500');
      await expect(snmpSimulator.start({ ...options, port: 65_535 })).rejects.toThrow(RangeError);
    } finally {
      await running.close();
    }
  });

  it('let counters and uptime rise with the clock and never fall', () => {
    const agent = anAgent();
    let before = -1;
    for (let second = 0; second < 3600; second += 10) {
      const octets = numberIn(read(agent, IN_OCTETS, second * 1000));
      expect(octets).toBeGreaterThan(before);
      before = octets;
    }
    const uptime = numberIn(read(agent, UPTIME, 0));
    expect(numberIn(read(agent, UPTIME, 5000))).toBe(uptime + 500);
  });

  it('keep 32-bit and 64-bit counters in step', () => {
    const agent = anAgent();
    const wide = BigInt(numberIn(read(agent, IN_OCTETS, 1000)));
    const narrow = numberIn(read(agent, '1.3.6.1.2.1.2.2.1.10.1', 1000));
    expect(Number(wide % 0x1_0000_0000n)).toBe(narrow);
  });

  it.each([0, 1, 2, 3, 4])('serve a full and ordered MIB by GETNEXT, model %i', (index) => {
    const agent = anAgent(index);
    const seen: string[] = [];
    for (let oid = '1.3'; ;) {
      const found = agent.respond(ask('getNext', [oid]), 0)?.pdu.varbinds[0];
      if (found === undefined || found.value.type === 'endOfMibView') break;
      seen.push(found.oid);
      oid = found.oid;
    }
    const interfaces = numberIn(read(agent, '1.3.6.1.2.1.2.1.0', 0));
    expect(interfaces).toBeGreaterThanOrEqual(3);
    expect(interfaces).toBeLessThanOrEqual(24);
    expect(seen.filter((oid) => oid.startsWith('1.3.6.1.2.1.31.1.1.1.'))).toHaveLength(
      10 * interfaces,
    );
    expect(seen.some((oid) => oid.startsWith('1.3.6.1.2.1.25.3.3.1.2.'))).toBe(true);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('answer a GETBULK row by row', () => {
    const reply = anAgent().respond(
      ask('getBulk', ['1.3.6.1.2.1.2.2.1.1', '1.3.6.1.2.1.2.2.1.2']),
      0,
    );
    expect(reply?.pdu.varbinds).toHaveLength(10);
    expect(reply?.pdu.varbinds.slice(0, 3).map(({ oid }) => oid)).toEqual([
      '1.3.6.1.2.1.2.2.1.1.1',
      '1.3.6.1.2.1.2.2.1.2.1',
      '1.3.6.1.2.1.2.2.1.1.2',
    ]);
  });

  it('stay silent for a wrong community, a v1 GETBULK and a trap', () => {
    const agent = anAgent();
    expect(agent.respond(ask('get', [UPTIME], { community: 'public' }), 0)).toBeNull();
    expect(agent.respond(ask('getBulk', [UPTIME], { version: '1' }), 0)).toBeNull();
    expect(agent.respond(ask('trap', [UPTIME]), 0)).toBeNull();
  });

  it('hide 64-bit counters from v1', () => {
    const agent = anAgent();
    const reply = agent.respond(ask('get', [IN_OCTETS], { version: '1' }), 0);
    expect(reply?.pdu).toMatchObject({ errorStatus: 2, errorIndex: 1 });
    const next = agent.respond(ask('getNext', ['1.3.6.1.2.1.31.1.1.1.6'], { version: '1' }), 0);
    expect(next?.pdu.varbinds[0]?.oid).toBe('1.3.6.1.2.1.31.1.1.1.15.1');
  });
});
