import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@drm/domain';
import { LoginThrottle, networkOf } from './login-throttle.ts';

let now: number;
let throttle: LoginThrottle;
beforeEach(() => {
  now = 1_000_000;
  throttle = new LoginThrottle({ freeTries: 5, nowMs: () => now });
});

const fail = (account = 'a', address = '192.0.2.1'): void =>
  throttle.begin(account, address).failed();
/** Seconds to wait, 0 when a try is let through. */
const wait = (account = 'a', address = '192.0.2.1'): number => {
  try {
    throttle.begin(account, address).abandoned();
    return 0;
  } catch (error) {
    return error instanceof DomainError ? (error.retryAfterSeconds ?? -1) : -2;
  }
};

describe('LoginThrottle (AU-6)', () => {
  it('lets five pass, then doubles the wait from one second', () => {
    for (let n = 0; n < 4; n += 1) fail();
    expect(wait()).toBe(0);
    fail();
    for (const seconds of [1, 2, 4, 8]) {
      expect(wait()).toBe(seconds);
      now += seconds * 1000;
      expect(wait()).toBe(0);
      fail();
    }
  });

  it('never waits longer than fifteen minutes', () => {
    for (let n = 0; n < 40; n += 1) {
      now += 15 * 60_000;
      fail();
    }
    expect(wait()).toBe(900);
  });

  it('counts an account of one network, not the account elsewhere', () => {
    for (let n = 0; n < 5; n += 1) fail();
    expect(wait('a', '192.0.2.99')).toBe(1);
    expect(wait('a', '198.51.100.1')).toBe(0);
    expect(wait('b', '192.0.2.1')).toBe(0);
  });

  it('counts a network over all accounts', () => {
    for (let n = 0; n < 50; n += 1) fail(`account-${n}`);
    expect(wait('fresh')).toBe(1);
    expect(wait('fresh', '198.51.100.1')).toBe(0);
  });

  it('forgets after a success and after an hour', () => {
    for (let n = 0; n < 5; n += 1) fail();
    now += 1000;
    throttle.begin('a', '192.0.2.1').succeeded();
    for (let n = 0; n < 4; n += 1) fail();
    expect(wait()).toBe(0);
    fail();
    now += 61 * 60_000;
    for (let n = 0; n < 4; n += 1) fail();
    expect(wait()).toBe(0);
  });

  it('bounds what is under way at once, so that a burst does not outrun the counter', () => {
    const open = Array.from({ length: 16 }, () => throttle.begin('a', '192.0.2.1'));
    expect(wait()).toBe(1);
    for (const attempt of open) attempt.failed();
    expect(wait()).toBeGreaterThan(1000 / 1000);
  });

  it('does not count what came to no answer, and counts each try once', () => {
    for (let n = 0; n < 20; n += 1) throttle.begin('a', '192.0.2.1').abandoned();
    const attempt = throttle.begin('a', '192.0.2.1');
    for (let n = 0; n < 20; n += 1) attempt.failed();
    expect(wait()).toBe(0);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.77', '192.0.2'],
    ['::ffff:192.0.2.77', '192.0.2'],
    ['2001:db8:1:2::5', '2001:db8:1'],
    ['2001:0db8:0001::', '2001:db8:1'],
    ['2001:db8::1', '2001:db8:0'],
    ['::1', '0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0'],
    [null, 'unknown'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
