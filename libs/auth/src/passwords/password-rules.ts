import { PASSWORD_MAX, PASSWORD_MIN } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/** Words of this product: a password made of one of them and little else is guessed first. */
const PRODUCT_WORDS = ['drm', 'device', 'devices', 'remote', 'management', 'admin', 'operator'];
const LEAST_REST = 6;

/** Letters people replace by look-alikes. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'i'],
]);

const plain = (text: string): string =>
  [...text.normalize('NFKC').toLowerCase()]
    .map((letter) => LOOK_ALIKES.get(letter) ?? letter)
    .join('');
const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Length, and nothing everybody tries first; no rule about kinds of characters (ASVS 6.2.5).
 * @param words the person's and the tenant's own: e-mail address, names, short name
 * @throws DomainError `password.too_weak`
 */
export function assertStrongPassword(password: string, words: readonly string[]): void {
  const length = [...password].length;
  if (length < PASSWORD_MIN || length > PASSWORD_MAX) {
    throw weak(`Use ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`);
  }
  const own = password.toLowerCase();
  const bare = letters(plain(password));
  if (COMMON_PASSWORDS.has(own) || COMMON_PASSWORDS.has(bare)) {
    throw weak('This password is among the first ones that are tried.');
  }
  if (new Set(own).size < 5 || isRun(own)) throw weak('This password repeats a simple pattern.');
  if (withoutWords(bare, words).length < LEAST_REST) {
    throw weak('This password is made of names or words that are easy to guess.');
  }
}

const weak = (detail: string): DomainError =>
  new DomainError('password.too_weak', detail, {
    errors: [{ path: 'password', code: 'too_weak', message: detail }],
  });

/** What remains when every known word is taken out. */
function withoutWords(bare: string, words: readonly string[]): string {
  const known = [...words, ...PRODUCT_WORDS]
    .flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => letters(plain(word)))
    .filter((word) => word.length >= 3);
  const stems = [...new Set([...known, ...COMMON_STEMS])].sort((a, b) => b.length - a.length);
  return stems.reduce((rest, stem) => rest.replaceAll(stem, ''), bare);
}

const COMMON_STEMS = [
  'password',
  'passwort',
  'qwertz',
  'qwerty',
  'welcome',
  'letmein',
  'secret',
  'changeme',
].map((word) => plain(word));

/** `abcdefghijkl`, `987654321098`: each character follows the one before, in one direction. */
function isRun(text: string): boolean {
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  const simple = steps.filter((step) => Math.abs(step) <= 1 || Math.abs(step) === 9).length;
  return simple >= steps.length - 1;
}
