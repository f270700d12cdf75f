import { describe, expect, it } from '@jest/globals';
import { deviceAddressPolicy } from './address-policy.ts';

describe('deviceAddressPolicy', () => {
  const allows = deviceAddressPolicy({ allowLoopback: false });

  it.each([
    '192.0.2.1',
    '10.0.0.1',
    '172.16.5.4',
    '2001:db8::7',
    'fd12:3456::1',
    '::ffff:192.0.2.1',
  ])('allows %s', (address) => {
    expect(allows(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '::',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '224.0.0.251',
    'ff02::1',
    '255.255.255.255',
    'not an address',
  ])('denies %s', (address) => {
    expect(allows(address)).toBe(false);
  });

  it('allows loopback where simulated devices live on this machine', () => {
    const local = deviceAddressPolicy({ allowLoopback: true });
    expect(local('127.0.0.1')).toBe(true);
    expect(local('169.254.169.254')).toBe(false);
  });
});
