import { compareOids, type Oid } from '../codec/oid.ts';
import type { SnmpValue } from '../codec/snmp-value.ts';
import { EXAMPLE_ENTERPRISE } from './device-models.ts';
import type { AgentState } from './agent-state.ts';

/** One instance of the simulated MIB: how to read it, and where a written value goes. */
export interface MibEntry {
  readonly oid: Oid;
  readonly read: (agent: AgentState, nowMs: number) => SnmpValue;
  readonly writable?: 'octetString' | 'integer';
}

/** Instances in lexicographic order, and their places by OID. Agents of the same shape share one. */
export interface SimulatedMib {
  readonly entries: readonly MibEntry[];
  readonly places: ReadonlyMap<Oid, number>;
}

const text = (value: string): SnmpValue => ({ type: 'octetString', value: Buffer.from(value) });
const integer = (value: number): SnmpValue => ({ type: 'integer', value });
const oid = (value: Oid): SnmpValue => ({ type: 'oid', value });
const gauge = (value: number): SnmpValue => ({ type: 'gauge32', value });
const ticks = (value: number): SnmpValue => ({ type: 'timeTicks', value: value >>> 0 });
const counter = (value: number): SnmpValue => ({ type: 'counter32', value: value % 0x1_0000_0000 });
const counter64 = (value: number): SnmpValue => ({ type: 'counter64', value: BigInt(value) });

const cache = new Map<string, SimulatedMib>();

export function simulatedMib(interfaces: number, processors: number): SimulatedMib {
  const key = `${interfaces} ${processors}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const entries = [
    ...systemGroup(),
    ...interfaceTables(interfaces),
    ...hostResources(processors),
    ...chassis(),
  ].sort((left, right) => compareOids(left.oid, right.oid));
  const mib = { entries, places: new Map(entries.map((entry, place) => [entry.oid, place])) };
  cache.set(key, mib);
  return mib;
}

function systemGroup(): MibEntry[] {
  const base = '1.3.6.1.2.1.1';
  return [
    { oid: `${base}.1.0`, read: ({ identity }) => text(describe(identity.model)) },
    { oid: `${base}.2.0`, read: ({ identity }) => oid(productOid(identity.model)) },
    { oid: `${base}.3.0`, read: (agent, now) => ticks(agent.uptimeTicks(now)) },
    {
      oid: `${base}.4.0`,
      writable: 'octetString',
      read: () => text('operations@example.net'),
    },
    { oid: `${base}.5.0`, writable: 'octetString', read: ({ identity }) => text(identity.name) },
    {
      oid: `${base}.6.0`,
      writable: 'octetString',
      read: ({ identity }) => text(`Simulated site ${identity.site}`),
    },
    { oid: `${base}.7.0`, read: () => integer(72) },
  ];
}

type Model = AgentState['identity']['model'];

const describe = (model: Model): string =>
  `${model.vendor} ${model.model} ${model.kind}, software ${model.software} (simulated)`;

const productOid = (model: Model): Oid =>
  `${EXAMPLE_ENTERPRISE}.${model.vendorNumber}.${model.modelNumber}`;

function interfaceTables(count: number): MibEntry[] {
  const entries: MibEntry[] = [{ oid: '1.3.6.1.2.1.2.1.0', read: () => integer(count) }];
  for (let index = 1; index <= count; index += 1) {
    entries.push(...ifTableRow(index), ...ifXTableRow(index));
  }
  return entries;
}

/** Number of octets in a packet, on average. */
const PACKET_OCTETS = 620;
const ETHERNET = 6;
const name = (index: number): string => (index === 1 ? 'wan0' : `lan${index - 2}`);

function ifTableRow(index: number): MibEntry[] {
  const cell = (column: number, read: MibEntry['read'], writable?: 'integer'): MibEntry => ({
    oid: `1.3.6.1.2.1.2.2.1.${column}.${index}`,
    read,
    ...(writable === undefined ? {} : { writable }),
  });
  const packets = (direction: 'in' | 'out', share: number): MibEntry['read'] => {
    return (agent, now) =>
      counter(Math.floor((agent.octets(index, direction, now) / PACKET_OCTETS) * share));
  };
  return [
    cell(1, () => integer(index)),
    cell(2, () => text(index === 1 ? 'WAN uplink' : `LAN port ${index - 1}`)),
    cell(3, () => integer(ETHERNET)),
    cell(4, () => integer(1500)),
    cell(5, ({ identity }) => gauge(Math.min(identity.model.speedMbps * 1e6, 0xffff_ffff))),
    cell(6, (agent) => ({ type: 'octetString', value: agent.macAddress(index) })),
    cell(7, () => integer(1), 'integer'),
    cell(8, (agent) => integer(agent.isUp(index) ? 1 : 2)),
    cell(9, () => ticks(1500)),
    cell(10, (agent, now) => counter(agent.octets(index, 'in', now))),
    cell(11, packets('in', 1)),
    cell(13, packets('in', 0.000_01)),
    cell(14, packets('in', 0.000_002)),
    cell(16, (agent, now) => counter(agent.octets(index, 'out', now))),
    cell(17, packets('out', 1)),
    cell(19, packets('out', 0.000_01)),
    cell(20, packets('out', 0.000_001)),
  ];
}

function ifXTableRow(index: number): MibEntry[] {
  const cell = (column: number, read: MibEntry['read'], writable?: 'octetString'): MibEntry => ({
    oid: `1.3.6.1.2.1.31.1.1.1.${column}.${index}`,
    read,
    ...(writable === undefined ? {} : { writable }),
  });
  const packets = (direction: 'in' | 'out'): MibEntry['read'] => {
    return (agent, now) =>
      counter64(Math.floor(agent.octets(index, direction, now) / PACKET_OCTETS));
  };
  return [
    cell(1, () => text(name(index))),
    cell(6, (agent, now) => counter64(agent.octets(index, 'in', now))),
    cell(7, packets('in')),
    cell(10, (agent, now) => counter64(agent.octets(index, 'out', now))),
    cell(11, packets('out')),
    cell(15, ({ identity }) => gauge(identity.model.speedMbps)),
    cell(16, () => integer(2)),
    cell(17, () => integer(1)),
    cell(18, () => text(index === 1 ? 'uplink' : ''), 'octetString'),
    cell(19, () => ticks(0)),
  ];
}

/** hrStorageTypes of HOST-RESOURCES-TYPES. */
const STORAGE_RAM = '1.3.6.1.2.1.25.2.1.2';
const STORAGE_FLASH = '1.3.6.1.2.1.25.2.1.9';
/** hrDeviceIndex of the first processor, as net-snmp numbers them. */
const FIRST_PROCESSOR = 196_608;

function hostResources(processors: number): MibEntry[] {
  const base = '1.3.6.1.2.1.25';
  const storage = (row: number, type: Oid, label: string, mib: (model: Model) => number) => [
    { oid: `${base}.2.3.1.1.${row}`, read: () => integer(row) },
    { oid: `${base}.2.3.1.2.${row}`, read: () => oid(type) },
    { oid: `${base}.2.3.1.3.${row}`, read: () => text(label) },
    { oid: `${base}.2.3.1.4.${row}`, read: () => integer(1024) },
    {
      oid: `${base}.2.3.1.5.${row}`,
      read: ({ identity }: AgentState) => integer(mib(identity.model) * 1024),
    },
    {
      oid: `${base}.2.3.1.6.${row}`,
      read: (agent: AgentState, now: number) =>
        integer(Math.floor(mib(agent.identity.model) * 1024 * agent.share(row, now))),
    },
  ];
  const entries: MibEntry[] = [
    { oid: `${base}.1.1.0`, read: (agent, now) => ticks(agent.uptimeTicks(now)) },
    { oid: `${base}.1.5.0`, read: () => gauge(1) },
    {
      oid: `${base}.1.6.0`,
      read: (agent, now) => gauge(40 + Math.floor(20 * agent.share(3, now))),
    },
    { oid: `${base}.2.2.0`, read: ({ identity }) => integer(identity.model.memoryMiB * 1024) },
    ...storage(1, STORAGE_RAM, 'Physical memory', (model) => model.memoryMiB),
    ...storage(2, STORAGE_FLASH, '/flash', () => 128),
  ];
  for (let index = 0; index < processors; index += 1) {
    const device = FIRST_PROCESSOR + index;
    entries.push(
      { oid: `${base}.3.3.1.1.${device}`, read: () => oid('0.0') },
      {
        oid: `${base}.3.3.1.2.${device}`,
        read: (agent, now) => integer(Math.floor(90 * agent.share(10 + index, now))),
      },
    );
  }
  return entries;
}

/** ENTITY-MIB, entPhysicalTable: the chassis alone. */
function chassis(): MibEntry[] {
  const cell = (column: number, read: MibEntry['read']): MibEntry => ({
    oid: `1.3.6.1.2.1.47.1.1.1.1.${column}.1`,
    read,
  });
  return [
    cell(2, ({ identity }) => text(`${identity.model.model} chassis`)),
    cell(3, ({ identity }) => oid(productOid(identity.model))),
    cell(5, () => integer(3)),
    cell(7, () => text('chassis')),
    cell(8, () => text('A2')),
    cell(10, ({ identity }) => text(identity.model.software)),
    cell(11, ({ identity }) => text(identity.serialNumber)),
    cell(12, ({ identity }) => text(identity.model.vendor)),
    cell(13, ({ identity }) => text(identity.model.model)),
  ];
}
