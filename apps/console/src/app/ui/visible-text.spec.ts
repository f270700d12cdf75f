import { describe, expect, it } from '@jest/globals';
import { visibleText } from './visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['evil\u202Egnp.exe', 'evil⟨U+202E⟩gnp.exe'],
    ['a\u200Bb', 'a⟨U+200B⟩b'],
    ['bell\u0007', 'bell⟨U+0007⟩'],
    ['\uFEFFx', '⟨U+FEFF⟩x'],
    ['tag\u{E0041}', 'tag⟨U+E0041⟩'],
    ['Ærø ünïcode 日本 🙂', 'Ærø ünïcode 日本 🙂'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('%j', (given, shown) => {
    expect(visibleText(given)).toBe(shown);
  });

  it('keeps lines and tabs where they are wanted', () => {
    expect(visibleText('a\r\n\tb', true)).toBe('a\n\tb');
    expect(visibleText('a\nb')).toBe('a⟨U+000A⟩b');
  });
});
