import { compareOids, type Oid } from '../codec/oid.ts';
import {
  errorStatusNumber,
  type CommunityMessage,
  type ErrorStatus,
  type Pdu,
} from '../codec/pdu.ts';
import type { SnmpValue, VarBind } from '../codec/snmp-value.ts';
import { AgentState } from './agent-state.ts';
import type { AgentIdentity } from './device-models.ts';
import type { AgentFaults } from './faults.ts';
import { simulatedMib, type MibEntry, type SimulatedMib } from './simulated-mib.ts';

export const READ_COMMUNITY = 'demo';
export const WRITE_COMMUNITY = 'demo-write';

/** Varbinds in one GetBulk reply; real agents stop somewhere too. */
const MAX_BULK_VARBINDS = 100;
const MAX_TEXT = 255;
const ENDLESS_ROOT = '1.3.6.1.4.1.32473.99';

/** A v1 and v2c agent without sockets: message in, reply out. */
export class SimulatedAgent {
  private readonly state: AgentState;
  private readonly mib: SimulatedMib;

  constructor(
    readonly identity: AgentIdentity,
    startedMs: number,
    private readonly faults: AgentFaults = {},
  ) {
    this.state = new AgentState(identity, startedMs);
    this.mib = simulatedMib(identity.interfaces, identity.model.processors);
  }

  /** null: nothing is sent, as agents do when the community is wrong. */
  respond(request: CommunityMessage, nowMs: number): CommunityMessage | null {
    const { pdu, community } = request;
    const mayWrite = community === WRITE_COMMUNITY;
    if (!mayWrite && community !== READ_COMMUNITY) return null;
    const reply = this.answer(request, mayWrite, nowMs);
    return reply === null ? null : { ...request, pdu: { ...reply, requestId: pdu.requestId } };
  }

  private answer({ pdu, version }: CommunityMessage, mayWrite: boolean, nowMs: number): Pdu | null {
    const limit = this.faults.tooBigAbove;
    switch (pdu.type) {
      case 'get':
        if (limit !== undefined && pdu.varbinds.length > limit) return refused(pdu, 'tooBig', 0);
        return version === '1' ? this.getV1(pdu, nowMs) : success(pdu, this.get(pdu, nowMs));
      case 'getNext':
        return this.getNext(pdu, version, nowMs);
      case 'getBulk':
        if (version === '1') return null;
        if (this.faults.genErrOnBulk === true) return refused(pdu, 'genErr', 1);
        if (limit !== undefined && pdu.errorIndex * pdu.varbinds.length > limit) {
          return refused({ ...pdu, varbinds: [] }, 'tooBig', 0);
        }
        return success(pdu, this.getBulk(pdu, nowMs));
      case 'set':
        return this.set(pdu, version, mayWrite);
      default:
        return null;
    }
  }

  private get(pdu: Pdu, nowMs: number): VarBind[] {
    return pdu.varbinds.map(({ oid }) => {
      const entry = this.entry(oid);
      return {
        oid,
        value: entry === null ? { type: 'noSuchInstance' } : this.read(entry, nowMs),
      };
    });
  }

  /** v1 has no value for "nothing here", and no Counter64 (RFC 3584, 4.2.2.1). */
  private getV1(pdu: Pdu, nowMs: number): Pdu {
    const varbinds = this.get(pdu, nowMs);
    const faulty = varbinds.findIndex(
      ({ value }) => value.type === 'noSuchInstance' || value.type === 'counter64',
    );
    return faulty === -1 ? success(pdu, varbinds) : refused(pdu, 'noSuchName', faulty + 1);
  }

  private getNext(pdu: Pdu, version: '1' | '2c', nowMs: number): Pdu {
    const varbinds = pdu.varbinds.map(({ oid }) => this.next(oid, version, nowMs));
    const ended = varbinds.findIndex(({ value }) => value.type === 'endOfMibView');
    if (version === '1' && ended !== -1) return refused(pdu, 'noSuchName', ended + 1);
    return success(pdu, varbinds);
  }

  private getBulk(pdu: Pdu, nowMs: number): VarBind[] {
    const nonRepeaters = Math.min(Math.max(0, pdu.errorStatus), pdu.varbinds.length);
    const answer = pdu.varbinds
      .slice(0, nonRepeaters)
      .map(({ oid }) => this.next(oid, '2c', nowMs));
    let cursors = pdu.varbinds.slice(nonRepeaters).map(({ oid }) => oid);
    for (let round = 0; round < pdu.errorIndex && cursors.length > 0; round += 1) {
      if (answer.length + cursors.length > MAX_BULK_VARBINDS) break;
      const row = cursors.map((oid) => this.next(oid, '2c', nowMs));
      answer.push(...row);
      if (row.every(({ value }) => value.type === 'endOfMibView')) break;
      cursors = row.map(({ oid }) => oid);
    }
    return answer;
  }

  private next(oid: Oid, version: '1' | '2c', nowMs: number): VarBind {
    if (this.faults.nonIncreasing === true && this.mib.places.has(oid)) {
      return { oid, value: { type: 'integer', value: 1 } };
    }
    if (this.faults.endless === true) return endlessNext(oid);
    for (let place = this.placeAfter(oid); ; place += 1) {
      const entry = this.mib.entries[place];
      if (entry === undefined) return { oid, value: { type: 'endOfMibView' } };
      const value = this.read(entry, nowMs);
      if (version === '1' && value.type === 'counter64') continue;
      return { oid: entry.oid, value };
    }
  }

  /** Place of the first instance behind an OID. */
  private placeAfter(oid: Oid): number {
    const known = this.mib.places.get(oid);
    if (known !== undefined) return known + 1;
    let low = 0;
    let high = this.mib.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.mib.entries[middle];
      if (entry !== undefined && compareOids(entry.oid, oid) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private set(pdu: Pdu, version: '1' | '2c', mayWrite: boolean): Pdu {
    for (const [index, { oid, value }] of pdu.varbinds.entries()) {
      const refusal = this.refusal(oid, value, mayWrite);
      if (refusal === null) continue;
      return refused(pdu, version === '1' ? v1Status(refusal) : refusal, index + 1);
    }
    for (const { oid, value } of pdu.varbinds) this.state.written.set(oid, value);
    return success(pdu, pdu.varbinds);
  }

  private refusal(oid: Oid, value: SnmpValue, mayWrite: boolean): ErrorStatus | null {
    if (!mayWrite) return 'noAccess';
    const entry = this.entry(oid);
    if (entry === null) return 'noCreation';
    if (entry.writable === undefined) return 'notWritable';
    if (value.type !== entry.writable) return 'wrongType';
    if (value.type === 'octetString' && value.value.length > MAX_TEXT) return 'wrongLength';
    if (value.type === 'integer' && (value.value < 1 || value.value > 3)) return 'wrongValue';
    return null;
  }

  private entry(oid: Oid): MibEntry | null {
    const place = this.mib.places.get(oid);
    return place === undefined ? null : (this.mib.entries[place] ?? null);
  }

  private read(entry: MibEntry, nowMs: number): SnmpValue {
    if (entry.writable !== undefined) {
      const written = this.state.written.get(entry.oid);
      if (written !== undefined) return written;
    }
    return entry.read(this.state, nowMs);
  }
}

const success = (pdu: Pdu, varbinds: readonly VarBind[]): Pdu => ({
  type: 'response',
  requestId: pdu.requestId,
  errorStatus: 0,
  errorIndex: 0,
  varbinds,
});

const refused = (pdu: Pdu, status: ErrorStatus, index: number): Pdu => ({
  type: 'response',
  requestId: pdu.requestId,
  errorStatus: errorStatusNumber(status),
  errorIndex: index,
  varbinds: pdu.varbinds,
});

/** RFC 2089, 2.1. */
function v1Status(status: ErrorStatus): ErrorStatus {
  return status === 'wrongType' || status === 'wrongLength' || status === 'wrongValue'
    ? 'badValue'
    : 'noSuchName';
}

/** A table without an end: every OID has a successor in it. */
function endlessNext(oid: Oid): VarBind {
  const inside = oid.startsWith(`${ENDLESS_ROOT}.`);
  const row = inside ? Number(oid.slice(ENDLESS_ROOT.length + 1).split('.')[0]) + 1 : 1;
  return { oid: `${ENDLESS_ROOT}.${row}`, value: { type: 'integer', value: row } };
}
