const UNSTORABLE = /\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g;
const MAY_BE_UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * JSON that jsonb takes: NUL and lone surrogates, which a device may send and JSON may carry, become U+FFFD.
 * A backslash that is text itself stays.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!MAY_BE_UNSTORABLE.test(text)) return text;
  return text.replace(UNSTORABLE, (match) => (match === '\\\\' ? match : '\\ufffd'));
}
