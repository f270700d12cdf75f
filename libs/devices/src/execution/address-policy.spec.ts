import { describe, expect, it } from '@jest/globals';
import { addressPolicy } from './address-policy.ts';

describe('addressPolicy', () => {
  const strict = addressPolicy({ allowLoopback: false });
  const demo = addressPolicy({ allowLoopback: true });

  it.each(['10.0.0.1', '192.168.1.1', '203.0.113.9', '2001:db8::1'])('lets %s through', (ip) => {
    expect(strict(ip)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    'fe80::1%eth0',
    'ff02::1',
    '::',
    'not an address',
  ])('denies %s always', (ip) => {
    expect(strict(ip)).toBe(false);
    expect(demo(ip)).toBe(false);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'allows %s only for simulated devices',
    (ip) => {
      expect(strict(ip)).toBe(false);
      expect(demo(ip)).toBe(true);
    },
  );
});
