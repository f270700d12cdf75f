import type { Oid } from '../codec/oid.ts';
import type { SnmpValue } from '../codec/snmp-value.ts';
import type { AgentIdentity } from './device-models.ts';

/**
 * The moving part of a simulated device. Counters are functions of clock and seed, so an agent costs no timer and no
 * memory while nobody asks.
 */
export class AgentState {
  /** Values a manager wrote. */
  readonly written = new Map<Oid, SnmpValue>();

  constructor(
    readonly identity: AgentIdentity,
    private readonly startedMs: number,
  ) {}

  uptimeTicks(nowMs: number): number {
    return this.identity.uptimeTicks + Math.floor((nowMs - this.startedMs) / 10);
  }

  /** Octets since the device started; rises always, faster and slower over about ten minutes. */
  octets(index: number, direction: 'in' | 'out', nowMs: number): number {
    if (!this.isUp(index)) return 0;
    const seconds = this.uptimeTicks(nowMs) / 100;
    const spread = this.fraction(index * 2 + (direction === 'in' ? 0 : 1));
    const period = 400 + 400 * spread;
    const wave = ((0.6 * period) / (2 * Math.PI)) * Math.sin((2 * Math.PI * seconds) / period);
    const rate = 2_000 + 40_000 * spread * (index === 1 ? 4 : 1);
    return Math.max(0, Math.floor(rate * (seconds + wave)));
  }

  /** A share between 0.05 and 0.95 that wanders over minutes, e.g. a load or a fill level. */
  share(channel: number, nowMs: number): number {
    const seconds = this.uptimeTicks(nowMs) / 100;
    const offset = this.fraction(100 + channel);
    const slow = Math.sin(seconds / (120 + 60 * offset) + offset * 7);
    const quick = Math.sin(seconds / (9 + 5 * offset));
    return 0.1 + 0.5 * offset + 0.15 * (slow + 1) + 0.025 * (quick + 1);
  }

  /** About one interface in seven is down; the uplink never. */
  isUp(index: number): boolean {
    return index === 1 || this.fraction(index + 500) > 0.15;
  }

  /** Locally administered, so that it is nobody's. */
  macAddress(index: number): Uint8Array {
    const { seed } = this.identity;
    return Uint8Array.of(0x02, 0x53, seed >>> 24, (seed >>> 16) & 0xff, (seed >>> 8) & 0xff, index);
  }

  /** Between 0 and 1, fixed by seed and channel. */
  private fraction(channel: number): number {
    const mixed = Math.imul(this.identity.seed ^ Math.imul(channel + 1, 0x9e3779b1), 0x85ebca6b);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 0x1_0000_0000;
  }
}
