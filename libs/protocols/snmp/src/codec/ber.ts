import { CodecError } from './codec-error.ts';
import { decodeOidOctets, encodeOidOctets, type Oid } from './oid.ts';

/** Tags SNMP uses (RFC 3416, RFC 2578). */
export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  nsapAddress: 0x45,
  counter64: 0x46,
  uInteger32: 0x47,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** Longest UDP payload over IPv4. */
export const MAX_DATAGRAM = 65_507;

/** A cursor over one datagram. Lengths are checked against what is left before anything is sliced. */
export class BerReader {
  private at: number;

  constructor(
    private readonly bytes: Uint8Array,
    start = 0,
    readonly end = bytes.length,
  ) {
    this.at = start;
  }

  get offset(): number {
    return this.at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  peekTag(): number {
    if (this.at >= this.end) throw new CodecError('no more octets', this.at);
    return this.bytes[this.at] ?? 0;
  }

  /** Steps over tag and length and returns the end of the contents; the cursor stands at their start. */
  enter(tag: number): number {
    if (this.peekTag() !== tag) {
      throw new CodecError(`tag ${this.peekTag()} where ${tag} belongs`, this.at);
    }
    this.at += 1;
    const length = this.readLength();
    const contentsEnd = this.at + length;
    if (contentsEnd > this.end) throw new CodecError('length beyond the end', this.at);
    return contentsEnd;
  }

  /** A reader of the contents of a constructed value; this cursor moves behind it. */
  nested(tag: number): BerReader {
    const contentsEnd = this.enter(tag);
    const reader = new BerReader(this.bytes, this.at, contentsEnd);
    this.at = contentsEnd;
    return reader;
  }

  skipTo(offset: number): void {
    this.at = offset;
  }

  /** Octets are copied: the datagram's buffer may be reused. */
  readOctets(tag: number): Uint8Array {
    const contentsEnd = this.enter(tag);
    const octets = this.bytes.slice(this.at, contentsEnd);
    this.at = contentsEnd;
    return octets;
  }

  /** INTEGER of at most four value octets; non-minimal forms are accepted, as many agents write them. */
  readInteger(tag: number = TAG.integer): number {
    const value = this.readBigInteger(tag, 5);
    if (value < -0x8000_0000n || value > 0xffff_ffffn) {
      throw new CodecError('integer too long', this.at);
    }
    return Number(value);
  }

  /** Counter32, Gauge32, TimeTicks: a negative form of bad agents reads as unsigned 32. */
  readUnsigned32(tag: number): number {
    return Number(BigInt.asUintN(32, this.readBigInteger(tag, 5)));
  }

  readUnsigned64(tag: number): bigint {
    return BigInt.asUintN(64, this.readBigInteger(tag, 9));
  }

  readNull(tag: number): void {
    this.at = this.enter(tag);
  }

  readOid(): Oid {
    const contentsEnd = this.enter(TAG.oid);
    const oid = decodeOidOctets(this.bytes, this.at, contentsEnd);
    this.at = contentsEnd;
    return oid;
  }

  private readBigInteger(tag: number, maxOctets: number): bigint {
    const contentsEnd = this.enter(tag);
    const length = contentsEnd - this.at;
    if (length === 0 || length > maxOctets) throw new CodecError('bad integer length', this.at);
    if (length <= 6) {
      let small = (this.bytes[this.at] ?? 0) & 0x80 ? -1 : 0;
      for (; this.at < contentsEnd; this.at += 1) small = small * 256 + (this.bytes[this.at] ?? 0);
      return BigInt(small);
    }
    let value = (this.bytes[this.at] ?? 0) & 0x80 ? -1n : 0n;
    for (; this.at < contentsEnd; this.at += 1) {
      value = value * 256n + BigInt(this.bytes[this.at] ?? 0);
    }
    return value;
  }

  /** Short form, or long form of one to four octets; the indefinite form is refused (X.690, 8.1.3). */
  private readLength(): number {
    if (this.at >= this.end) throw new CodecError('length is missing', this.at);
    const first = this.bytes[this.at] ?? 0;
    this.at += 1;
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new CodecError('bad length form', this.at - 1);
    if (this.at + count > this.end) throw new CodecError('length is cut off', this.at);
    let length = 0;
    for (let index = 0; index < count; index += 1) {
      length = length * 256 + (this.bytes[this.at] ?? 0);
      this.at += 1;
    }
    return length;
  }
}

/**
 * Writes from the end to the start, so that every length is known when its header is written. Callers therefore write
 * the last field first. One writer may be reused: `finish` copies.
 */
export class BerWriter {
  private buffer: Uint8Array;
  private at: number;

  constructor(capacity = 2048) {
    this.buffer = new Uint8Array(capacity);
    this.at = capacity;
  }

  /** Octets written so far; hand it to `wrap` to close a constructed value around what follows. */
  get size(): number {
    return this.buffer.length - this.at;
  }

  finish(): Uint8Array {
    const bytes = this.buffer.slice(this.at);
    this.at = this.buffer.length;
    return bytes;
  }

  /** Takes back everything written after `size` octets were there. */
  rewind(size: number): void {
    this.at = this.buffer.length - size;
  }

  wrap(tag: number, sizeBefore: number): void {
    this.header(tag, this.size - sizeBefore);
  }

  octets(bytes: Uint8Array | readonly number[], tag: number = TAG.octetString): void {
    this.reserve(bytes.length);
    this.at -= bytes.length;
    this.buffer.set(bytes, this.at);
    this.header(tag, bytes.length);
  }

  integer(value: number, tag: number = TAG.integer): void {
    let rest = Math.trunc(value);
    let length = 0;
    let top = 0;
    do {
      top = ((rest % 256) + 256) % 256;
      this.octet(top);
      length += 1;
      rest = Math.floor(rest / 256);
    } while (!((rest === 0 && top < 0x80) || (rest === -1 && top >= 0x80)));
    this.header(tag, length);
  }

  unsigned64(value: bigint, tag: number): void {
    let rest = BigInt.asUintN(64, value);
    let length = 0;
    let top = 0;
    do {
      top = Number(rest & 0xffn);
      this.octet(top);
      length += 1;
      rest >>= 8n;
    } while (rest > 0n || top >= 0x80);
    this.header(tag, length);
  }

  null(tag: number = TAG.null): void {
    this.header(tag, 0);
  }

  oid(oid: Oid): void {
    this.octets(encodeOidOctets(oid), TAG.oid);
  }

  private header(tag: number, length: number): void {
    if (length < 0x80) {
      this.octet(length);
    } else {
      let count = 0;
      for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
        this.octet(rest % 256);
        count += 1;
      }
      this.octet(0x80 | count);
    }
    this.octet(tag);
  }

  private octet(value: number): void {
    this.reserve(1);
    this.at -= 1;
    this.buffer[this.at] = value;
  }

  private reserve(count: number): void {
    if (this.at >= count) return;
    const used = this.size;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, used + count + 64));
    grown.set(this.buffer.subarray(this.at), grown.length - used);
    this.buffer = grown;
    this.at = grown.length - used;
  }
}
