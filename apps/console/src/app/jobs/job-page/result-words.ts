import type { Execution } from '@drm/contracts';

/** What came back, short enough for a table cell; null when nothing did. */
export function resultWords(execution: Execution): string | null {
  const { result } = execution;
  if (result === null) return null;
  const { values, identity } = result;
  if (values && values.length > 0) {
    const count = result.valueCount ?? values.length;
    const [only] = values;
    if (count === 1 && only?.state === 'known') return String(only.value);
    return `${count.toLocaleString('en')} values`;
  }
  if (identity) return identity.systemName ?? identity.description ?? 'Identity read';
  return result.partial?.message ?? null;
}
