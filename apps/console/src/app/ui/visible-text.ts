import { Pipe, type PipeTransform } from '@angular/core';

// C0/C1 controls, soft hyphen, zero-width characters, bidi controls, line separators, BOM and tags.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Text from a device is hostile: characters that hide or reorder text are written as ⟨U+202E⟩.
 * Line breaks and tabs stay when `multiline` is set.
 */
export const visibleText = (text: string, multiline = false): string =>
  text.replace(INVISIBLE, (found) => {
    if (multiline && (found === '\n' || found === '\t')) return found;
    if (multiline && found === '\r') return '';
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });

@Pipe({ name: 'visible' })
export class VisibleText implements PipeTransform {
  transform(text: string | null | undefined, multiline = false): string {
    return text === null || text === undefined ? '' : visibleText(text, multiline);
  }
}
