import type { JsonValue } from '@drm/contracts';
import type { Oid } from '../codec/oid.ts';
import { isAbsent, type SnmpValue } from '../codec/snmp-value.ts';
import { parameterValue } from '../values/parameter-value.ts';

export type Verdict =
  /** The device holds the value. */
  | 'verified'
  /** It holds another one. */
  | 'differs'
  /** It does not show the object. */
  | 'unverifiable';

export interface SetItem {
  readonly oid: Oid;
  readonly want: SnmpValue;
  /** Before the change; null when it could not be read. */
  readonly old: SnmpValue | null;
}

/** RowStatus (RFC 2579): the actions never read back as themselves. */
const ROW_STATES = [1, 2, 3];
const ROW_CREATIONS = [4, 5];
const DESTROY = 6;

/** Does what the device shows mean that the change is in effect? */
export function verdictOf({ want, old }: SetItem, got: SnmpValue | null): Verdict {
  if (got === null) return 'unverifiable';
  if (sameValue(want, got)) return 'verified';
  const wanted = want.type === 'integer' ? want.value : null;
  if (isAbsent(got)) {
    // destroy(6) makes the row vanish; a write-only object shows nothing either.
    return wanted === DESTROY && old?.type === 'integer' ? 'verified' : 'unverifiable';
  }
  if (wanted === null || got.type !== 'integer') return 'differs';
  return isRowCreation(wanted, old, got.value) || isTestAndIncrement(wanted, old, got.value)
    ? 'verified'
    : 'differs';
}

const isRowCreation = (wanted: number, old: SnmpValue | null, got: number): boolean =>
  ROW_CREATIONS.includes(wanted) && (old === null || isAbsent(old)) && ROW_STATES.includes(got);

/** TestAndIncr takes the value it has and shows the next one. */
const isTestAndIncrement = (wanted: number, old: SnmpValue | null, got: number): boolean =>
  old?.type === 'integer' && old.value === wanted && got === wanted + 1;

/** Equal on the wire; unsigned types of the same width count as one, as agents mix them. */
export function sameValue(left: SnmpValue, right: SnmpValue): boolean {
  if (!('value' in left) || !('value' in right)) return left.type === right.type;
  if (left.value instanceof Uint8Array) {
    return right.value instanceof Uint8Array && Buffer.compare(left.value, right.value) === 0;
  }
  return String(left.value) === String(right.value);
}

/** What is kept beside the effect, to verify it after a crash. */
export const evidenceOf = (items: readonly SetItem[]): JsonValue => ({
  values: items.map(({ oid, want, old }) => ({
    path: oid,
    want: shown(oid, want),
    old: old === null ? null : shown(oid, old),
  })),
});

/** The value as text for people and for evidence; null when there is none. */
export const shown = (oid: Oid, value: SnmpValue): JsonValue => parameterValue(oid, value).value;
