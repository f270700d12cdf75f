import { describe, expect, it } from '@jest/globals';
import { ProtocolError } from '@drm/protocol-core';
import { parseSnmpAddress, SnmpCredentials, SnmpSettings, splitAddress } from './endpoint.ts';

describe('credentials', () => {
  it.each([
    [{ version: '1', community: 'public' }],
    [{ version: '2c', community: 'public' }],
    [{ version: '2c', community: 'public', writeCommunity: 'private' }],
    [{ version: '3', user: 'u', level: 'noAuthNoPriv' }],
    [
      {
        version: '3',
        user: 'u',
        level: 'authNoPriv',
        authProtocol: 'md5',
        authPassword: '12345678',
      },
    ],
    [
      {
        version: '3',
        user: 'u',
        level: 'authPriv',
        authProtocol: 'sha256',
        authPassword: '12345678',
        privProtocol: 'aes128',
        privPassword: '12345678',
        contextName: 'vlan-7',
      },
    ],
    [{ version: '3', user: 'u', authPassword: '12345678' }],
  ])('takes %j', (credentials) => {
    expect(SnmpCredentials.safeParse(credentials).success).toBe(true);
  });

  it.each([
    [{}],
    [{ version: '4', community: 'x' }],
    [{ version: '2c' }],
    [{ version: '2c', community: '' }],
    [{ version: '2c', community: 'x', user: 'y' }],
    [{ version: '3', user: 'u', level: 'authPriv' }],
    [{ version: '3', user: 'u', level: 'authPriv', authPassword: 'short' }],
    [{ version: '3', user: '', level: 'noAuthNoPriv' }],
    [{ version: '3', user: 'u', level: 'noAuthNoPriv', authProtocol: 'crc32' }],
  ])('refuses %j', (credentials) => {
    expect(SnmpCredentials.safeParse(credentials).success).toBe(false);
  });
});

describe('settings', () => {
  it('has defaults for everything', () => {
    expect(SnmpSettings.parse({})).toMatchObject({
      timeoutMs: 2000,
      retries: 2,
      maxInFlight: 2,
      acceptOtherSource: false,
    });
  });

  it('refuses waits that no lease can hold', () => {
    expect(SnmpSettings.safeParse({ timeoutMs: 60_000, retries: 10 }).success).toBe(false);
    expect(SnmpSettings.safeParse({ timeoutMs: 60_000, retries: 0 }).success).toBe(true);
  });

  it('refuses what it does not know', () => {
    expect(SnmpSettings.safeParse({ timeout: 5 }).success).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    ['192.0.2.7:1161', '192.0.2.7:1161'],
    [' 192.0.2.7 ', '192.0.2.7:161'],
    ['Switch-1.Example.NET:161', 'switch-1.example.net:161'],
    ['[2001:DB8::7]:1161', '[2001:db8::7]:1161'],
    ['[2001:db8::7]', '[2001:db8::7]:161'],
    ['2001:db8::7', '[2001:db8::7]:161'],
  ])('reads %j as %s', (text, address) => {
    expect(parseSnmpAddress(text)).toBe(address);
    expect(parseSnmpAddress(address)).toBe(address);
  });

  it('takes brackets off for the socket', () => {
    expect(splitAddress('[2001:db8::7]:1161')).toEqual({ host: '2001:db8::7', port: 1161 });
  });

  it.each([
    '',
    ':161',
    'host:',
    'host:0',
    'host:65536',
    '1.2.3',
    '1.2.3.4.5:1',
    '[host]:1',
    'a b',
    'http://x',
  ])('refuses %j', (text) => {
    expect(() => parseSnmpAddress(text)).toThrow(ProtocolError);
  });
});
