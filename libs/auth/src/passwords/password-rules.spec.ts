import { describe, expect, it } from '@jest/globals';
import { assertStrongPassword } from './password-rules.ts';

const words = ['anna.smith@acme.example', 'Anna Smith', 'acme', 'Acme Telecom'];

describe('assertStrongPassword (AU-3, AU-4)', () => {
  it.each([
    'moss-grown granite 41',
    'correct staple battery',
    'пароль из нескольких слов',
    '密码密码很长很长的一句话好',
    'x7$Kq!2mNz@9',
    `${'a1b2c3'.repeat(21)}zz`,
  ])('takes %j', (password) => {
    expect(() => assertStrongPassword(password, words)).not.toThrow();
  });

  it.each([
    ['eleven char', 'short'],
    ['x'.repeat(129), 'long'],
    ['password1234', 'common'],
    ['Administrator', 'common'],
    ['P@ssw0rd12345', 'common'],
    ['aaaaaaaaaaaa', 'one letter'],
    ['abababababab', 'two letters'],
    ['abcdefghijkl', 'run'],
    ['987654321098', 'run down'],
    ['AnnaSmith2024', 'own name'],
    ['4nn4-5m1th-acme', 'own name, disguised'],
    ['AcmeTelecom!!1', 'tenant'],
    ['drm-remote-device', 'product'],
    ['acmepassword1', 'tenant and a common word'],
  ])('refuses %j (%s)', (password) => {
    expect(() => assertStrongPassword(password, words)).toThrow(
      expect.objectContaining({ code: 'password.too_weak' }),
    );
  });

  it('never says the password back', () => {
    try {
      assertStrongPassword('AnnaSmith2024', words);
      throw new Error('was taken');
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('AnnaSmith2024');
    }
  });
});
