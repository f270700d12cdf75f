import { CodecError } from './codec-error.ts';

/** A dotted object identifier without a leading dot, e.g. `1.3.6.1.2.1.1.3.0`. */
export type Oid = string;

const MAX_ARCS = 128;
const MAX_ARC = 0xffff_ffff;
const DOTTED = /^\.?(?:0|[1-9]\d{0,9})(?:\.(?:0|[1-9]\d{0,9})){1,127}$/;

/** Reads a dotted OID as a person or a tool writes it, with or without a leading dot; null when it is none. */
export function parseOid(text: string): Oid | null {
  const trimmed = text.trim();
  if (!DOTTED.test(trimmed)) return null;
  const oid = trimmed.startsWith('.') ? trimmed.slice(1) : trimmed;
  const arcs = arcsOf(oid);
  const [first = 0, second = 0] = arcs;
  if (first > 2 || (first < 2 && second > 39)) return null;
  return arcs.every((arc) => arc <= MAX_ARC) ? oid : null;
}

export function arcsOf(oid: Oid): number[] {
  const arcs: number[] = [];
  let arc = 0;
  for (let index = 0; index < oid.length; index += 1) {
    const code = oid.charCodeAt(index);
    if (code === 46) {
      arcs.push(arc);
      arc = 0;
    } else {
      arc = arc * 10 + code - 48;
    }
  }
  arcs.push(arc);
  return arcs;
}

/** Arc by arc: encoded octets do not sort this way (16383 is `ff 7f`, 16384 is `81 80 00`). */
export function compareOids(left: Oid, right: Oid): number {
  if (left === right) return 0;
  const leftLength = left.length;
  const rightLength = right.length;
  let leftAt = 0;
  let rightAt = 0;
  while (leftAt <= leftLength && rightAt <= rightLength) {
    let leftArc = 0;
    let rightArc = 0;
    for (; leftAt < leftLength && left.charCodeAt(leftAt) !== 46; leftAt += 1) {
      leftArc = leftArc * 10 + left.charCodeAt(leftAt) - 48;
    }
    for (; rightAt < rightLength && right.charCodeAt(rightAt) !== 46; rightAt += 1) {
      rightArc = rightArc * 10 + right.charCodeAt(rightAt) - 48;
    }
    if (leftArc !== rightArc) return leftArc - rightArc;
    leftAt += 1;
    rightAt += 1;
  }
  return leftLength - leftAt - (rightLength - rightAt);
}

/** True for the root itself and everything below it. */
export const isWithin = (root: Oid, oid: Oid): boolean =>
  oid.startsWith(root) && (oid.length === root.length || oid.charCodeAt(root.length) === 46);

/** Octets of an OID (X.690, 8.19): the first two arcs share one subidentifier. */
export function encodeOidOctets(oid: Oid): number[] {
  const arcs = arcsOf(oid);
  const octets: number[] = [];
  pushArc(octets, (arcs[0] ?? 0) * 40 + (arcs[1] ?? 0));
  for (let index = 2; index < arcs.length; index += 1) pushArc(octets, arcs[index] ?? 0);
  return octets;
}

function pushArc(octets: number[], arc: number): void {
  if (arc < 0x80) {
    octets.push(arc);
    return;
  }
  const groups: number[] = [];
  for (let rest = arc; rest > 0; rest = Math.floor(rest / 0x80)) groups.push(rest % 0x80);
  for (let index = groups.length - 1; index > 0; index -= 1) {
    octets.push((groups[index] ?? 0) | 0x80);
  }
  octets.push(groups[0] ?? 0);
}

/** @throws CodecError on padding, an unfinished arc, an arc above 2^32-1 or more than 128 arcs */
export function decodeOidOctets(bytes: Uint8Array, start: number, end: number): Oid {
  if (start === end) return '0.0';
  let text = '';
  let arc = 0;
  let arcs = 0;
  let fresh = true;
  for (let at = start; at < end; at += 1) {
    const octet = bytes[at] ?? 0;
    if (fresh && octet === 0x80) throw new CodecError('padded arc', at);
    arc = arc * 0x80 + (octet & 0x7f);
    if (arc > MAX_ARC + 80) throw new CodecError('arc too large', at);
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (arcs === 0) {
      const first = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      text = `${first}.${arc - first * 40}`;
      arcs = 2;
    } else {
      if (arc > MAX_ARC) throw new CodecError('arc too large', at);
      text += `.${arc}`;
      arcs += 1;
    }
    if (arcs > MAX_ARCS) throw new CodecError('too many arcs', at);
    arc = 0;
  }
  if (!fresh) throw new CodecError('unfinished arc', end);
  return text;
}
