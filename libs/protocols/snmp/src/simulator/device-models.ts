import { seededRandom } from './random.ts';

/** A simulated product. Makers and models are invented; the enterprise number is the one for documentation. */
interface DeviceModel {
  readonly prefix: string;
  readonly vendor: string;
  readonly vendorNumber: number;
  readonly model: string;
  readonly modelNumber: number;
  readonly software: string;
  readonly kind: string;
  readonly interfaces: readonly [least: number, most: number];
  readonly processors: number;
  readonly memoryMiB: number;
  readonly speedMbps: number;
}

/** RFC 5612: reserved for examples, so that no real maker is ever named. */
export const EXAMPLE_ENTERPRISE = '1.3.6.1.4.1.32473';

const MODELS: readonly DeviceModel[] = [
  {
    prefix: 'gw',
    vendor: 'Northwind Networks',
    vendorNumber: 1,
    model: 'NW-HG840',
    modelNumber: 1,
    software: '4.12.7',
    kind: 'home gateway',
    interfaces: [4, 7],
    processors: 2,
    memoryMiB: 512,
    speedMbps: 1000,
  },
  {
    prefix: 'ont',
    vendor: 'Lumen Peak',
    vendorNumber: 2,
    model: 'LP-ONT10G',
    modelNumber: 1,
    software: '2.0.31',
    kind: 'optical network terminal',
    interfaces: [3, 5],
    processors: 1,
    memoryMiB: 256,
    speedMbps: 10_000,
  },
  {
    prefix: 'sw',
    vendor: 'Brackwater Systems',
    vendorNumber: 3,
    model: 'BW-S24T',
    modelNumber: 1,
    software: '9.3.2',
    kind: 'access switch',
    interfaces: [12, 24],
    processors: 1,
    memoryMiB: 1024,
    speedMbps: 1000,
  },
  {
    prefix: 'ap',
    vendor: 'Northwind Networks',
    vendorNumber: 1,
    model: 'NW-AX60',
    modelNumber: 2,
    software: '7.1.0',
    kind: 'wireless access point',
    interfaces: [3, 4],
    processors: 4,
    memoryMiB: 512,
    speedMbps: 2500,
  },
  {
    prefix: 'iot',
    vendor: 'Cedarline',
    vendorNumber: 4,
    model: 'CL-EDGE4',
    modelNumber: 1,
    software: '1.8.14',
    kind: 'IoT gateway',
    interfaces: [3, 6],
    processors: 4,
    memoryMiB: 2048,
    speedMbps: 1000,
  },
];

const SITES = ['berlin', 'lisbon', 'oslo', 'prague', 'turin'] as const;

/** Everything about one simulated device that does not change. */
export interface AgentIdentity {
  readonly index: number;
  readonly name: string;
  readonly serialNumber: string;
  readonly model: DeviceModel;
  readonly site: string;
  readonly interfaces: number;
  /** Uptime at the start of the simulator, hundredths of a second. */
  readonly uptimeTicks: number;
  /** Seeds the rates and phases of its counters. */
  readonly seed: number;
}

/** The device at this place of the fleet; the same for the same seed. */
export function agentIdentity(seed: number, index: number): AgentIdentity {
  const agentSeed = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const random = seededRandom(agentSeed);
  const model = MODELS[index % MODELS.length] ?? (MODELS[0] as DeviceModel);
  const [least, most] = model.interfaces;
  const number = String(index + 1).padStart(4, '0');
  return {
    index,
    name: `sim-${model.prefix}-${number}`,
    serialNumber: `SIM${(agentSeed % 0x100_0000).toString(16).padStart(6, '0').toUpperCase()}${number}`,
    model,
    site: SITES[Math.floor(random() * SITES.length)] ?? SITES[0],
    interfaces: least + Math.floor(random() * (most - least + 1)),
    uptimeTicks: 360_000 + Math.floor(random() * 1_500_000_000),
    seed: agentSeed,
  };
}
