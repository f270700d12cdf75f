/** Source of random octets, so that tests can fix them. */
export type RandomBytes = (target: Uint8Array) => Uint8Array;

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
const webCrypto = (globalThis as { crypto?: { getRandomValues(target: Uint8Array): Uint8Array } })
  .crypto;

/** Makes a UUIDv7: 48 bits of milliseconds, then 74 random bits (RFC 9562, 5.7). Ids sort by creation. */
export function uuidV7(
  now: number = Date.now(),
  random: RandomBytes = (target) => webCrypto?.getRandomValues(target) ?? target,
): string {
  const bytes = random(new Uint8Array(16));
  for (let index = 0; index < 6; index += 1) {
    bytes[index] = Math.floor(now / 2 ** (8 * (5 - index))) % 256;
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = '';
  for (const [index, byte] of bytes.entries()) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += HEX[byte] ?? '';
  }
  return text;
}
