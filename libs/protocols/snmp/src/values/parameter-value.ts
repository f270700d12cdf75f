import type { ParameterValue } from '@drm/contracts';
import type { Oid } from '../codec/oid.ts';
import type { SnmpValue } from '../codec/snmp-value.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Everything but tab, line feed and carriage return below the space, DEL, and the C1 controls. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** A value as the platform keeps it. `raw` is null where the typed form gives the octets back exactly. */
export function parameterValue(path: Oid, value: SnmpValue): ParameterValue {
  switch (value.type) {
    case 'integer':
      return known(path, 'int', value.value);
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      return known(path, value.type, value.value);
    case 'counter64':
      return known(path, 'counter64', value.value.toString());
    case 'oid':
      return known(path, 'objectId', value.value);
    case 'ipAddress':
      return known(path, 'ipAddress', value.value);
    case 'octetString':
      return octetString(path, value.value);
    case 'opaque':
      return opaque(path, value.value);
    case 'null':
      return known(path, 'null', null);
    default:
      return { path, state: 'not_supported', type: null, value: null, raw: null };
  }
}

/** Asked for, but the reply does not hold it. */
export const missingValue = (path: Oid): ParameterValue => ({
  path,
  state: 'unreadable',
  type: null,
  value: null,
  raw: null,
});

const known = (
  path: Oid,
  type: ParameterValue['type'],
  value: ParameterValue['value'],
  raw: string | null = null,
): ParameterValue => ({ path, state: 'known', type, value, raw });

function octetString(path: Oid, octets: Uint8Array): ParameterValue {
  const text = printable(octets);
  const raw = hexOf(octets);
  if (text === null) return known(path, 'hexBinary', raw, raw);
  return known(path, 'string', text.text, text.isFaithful ? null : raw);
}

interface PrintableText {
  readonly text: string;
  /** False when trailing NULs were dropped. */
  readonly isFaithful: boolean;
}

/** Text without controls, or null. Agents written in C often send the closing NUL. */
export function printable(octets: Uint8Array): PrintableText | null {
  let end = octets.length;
  while (end > 0 && octets[end - 1] === 0) end -= 1;
  // Octets that are all NUL are a number or an address, not an empty text.
  if (end === 0 && octets.length > 0) return null;
  try {
    const text = UTF8.decode(octets.subarray(0, end));
    return CONTROLS.test(text) ? null : { text, isFaithful: end === octets.length };
  } catch {
    return null;
  }
}

/** Floats and 64-bit numbers that net-snmp agents wrap into Opaque: 9f 78 04, 9f 79 08, 9f 7a, 9f 7b. */
function opaque(path: Oid, octets: Uint8Array): ParameterValue {
  const raw = hexOf(octets);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const [first, kind, length] = octets;
  if (first === 0x9f && length !== undefined && octets.length === length + 3) {
    if (kind === 0x78 && length === 4) {
      return known(path, 'decimal', decimal(view.getFloat32(3)), raw);
    }
    if (kind === 0x79 && length === 8) {
      return known(path, 'decimal', decimal(view.getFloat64(3)), raw);
    }
    if ((kind === 0x7a || kind === 0x7b) && length >= 1 && length <= 9) {
      const big = BigInt(`0x${hexOf(octets.subarray(3))}`);
      return kind === 0x7a
        ? known(path, 'long', BigInt.asIntN(Math.min(length, 8) * 8, big).toString(), raw)
        : known(path, 'unsignedLong', big.toString(), raw);
    }
  }
  return known(path, 'opaque', raw, raw);
}

/** NaN and the infinities have no JSON form. */
const decimal = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

export const hexOf = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex');
