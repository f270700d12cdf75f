import type { ParameterValue, ValueState, ValueType } from '@drm/contracts';

/**
 * How last-known values lie in `device_params.params`: one JSON object per device and chunk, path → packed value.
 * Absent parts are null. `at` is Unix seconds.
 */
export type PackedValue = readonly [
  state: ValueState,
  type: ValueType | null,
  value: string | number | boolean | null,
  raw: string | null,
  source: string,
  at: number,
];

const OID = /^\.?\d+(?:\.\d+)*$/;
/** 1.3.6.1.2.1.2 is `interfaces`, 1.3.6.1.4.1.9 one vendor: subtrees of a handy size. */
const OID_ARCS = 7;

/** The chunk a path belongs to: the first seven arcs of an OID, the second-level object of a TR-181 path. */
export function chunkOf(path: string): string {
  const parts = (path.startsWith('.') ? path.slice(1) : path).split('.');
  if (OID.test(path)) return parts.slice(0, OID_ARCS).join('.');
  return parts[1] === undefined || parts[1] === '' ? (parts[0] ?? '') : parts[1];
}

/** Packs values into chunks; of two values of one path the last one wins. */
export function packParameters(
  values: readonly ParameterValue[],
  source: string,
  atSeconds: number,
): Map<string, Map<string, PackedValue>> {
  const chunks = new Map<string, Map<string, PackedValue>>();
  for (const value of values) {
    const chunk = chunkOf(value.path);
    const entries = chunks.get(chunk) ?? new Map<string, PackedValue>();
    entries.set(value.path, [value.state, value.type, value.value, value.raw, source, atSeconds]);
    chunks.set(chunk, entries);
  }
  return chunks;
}

export interface UnpackedValue extends ParameterValue {
  readonly source: string;
  readonly at: number;
}

export function unpackParameter(path: string, packed: PackedValue): UnpackedValue {
  const [state, type, value, raw, source, at] = packed;
  return { path, state, type, value, raw, source, at };
}
