const SCHEME = 'bearer ';
/** Longer than any token of ours; what is longer is not looked at. */
const LONGEST = 4096;

/** The credential of an Authorization header, or null (RFC 6750, 2.1; the scheme's case does not matter). */
export function bearerOf(header: string | undefined): string | null {
  if (header === undefined || header.length <= SCHEME.length || header.length > LONGEST)
    return null;
  if (!header.startsWith('Bearer ') && header.slice(0, SCHEME.length).toLowerCase() !== SCHEME) {
    return null;
  }
  return header.slice(SCHEME.length);
}
