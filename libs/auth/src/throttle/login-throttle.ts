import { isIPv6 } from 'node:net';
import { DomainError } from '@drm/domain';

export interface ThrottleSettings {
  /** Wrong passwords of one account from one network before the next try is delayed. */
  readonly freeTries: number;
  readonly nowMs?: () => number;
}

/** One try that was let through: tell how it ended. */
export interface LoginAttempt {
  failed(): void;
  succeeded(): void;
  /** It came to no answer (overload, database away): it does not count. */
  abandoned(): void;
}

interface Counter {
  failures: number;
  pending: number;
  blockedUntil: number;
  touchedAt: number;
}

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** Counters nobody touched for this long are forgotten. */
const FORGET_MS = 60 * 60_000;
const COUNTERS_MAX = 50_000;
/** Tries of one account and network that may be under way at once: a burst must not outrun the counter. */
const PENDING_MAX = 16;
/** A network serves many people, so it has this many times the free tries of one account. */
const NETWORK_FACTOR = 10;

/**
 * Slows down password guessing: per account and network, and per network over all accounts. After the free tries each
 * further failure doubles the wait, from 1 s up to 15 min. Never a hard lock: the owner signs in from another network.
 * Counts in this process's memory.
 */
export class LoginThrottle {
  private readonly counters = new Map<string, Counter>();
  private readonly nowMs: () => number;

  constructor(private readonly settings: ThrottleSettings) {
    this.nowMs = settings.nowMs ?? Date.now;
  }

  /** @throws DomainError `rate.limited` with the seconds to wait */
  begin(account: string, address: string | null): LoginAttempt {
    const network = networkOf(address);
    const own = this.counter(`${network} ${account}`);
    const shared = this.counter(network);
    const wait = Math.max(own.blockedUntil, shared.blockedUntil) - this.nowMs();
    if (wait > 0) throw limited(wait);
    if (own.pending >= PENDING_MAX) throw limited(FIRST_DELAY_MS);
    own.pending += 1;
    let open = true;
    const end = (then: () => void): void => {
      if (!open) return;
      open = false;
      own.pending -= 1;
      then();
    };
    return {
      failed: () =>
        end(() => {
          this.count(own, this.settings.freeTries);
          this.count(shared, this.settings.freeTries * NETWORK_FACTOR);
        }),
      succeeded: () =>
        end(() => {
          own.failures = 0;
          own.blockedUntil = 0;
        }),
      abandoned: () => end(() => undefined),
    };
  }

  private count(counter: Counter, free: number): void {
    counter.failures += 1;
    counter.touchedAt = this.nowMs();
    const beyond = counter.failures - free;
    if (beyond < 0) return;
    counter.blockedUntil =
      this.nowMs() + Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(beyond, 30));
  }

  private counter(key: string): Counter {
    const known = this.counters.get(key);
    if (known !== undefined && this.nowMs() - known.touchedAt < FORGET_MS) return known;
    if (this.counters.size >= COUNTERS_MAX) this.shrink();
    const fresh = { failures: 0, pending: 0, blockedUntil: 0, touchedAt: this.nowMs() };
    this.counters.set(key, fresh);
    return fresh;
  }

  /** Forgets what is old; under a flood of addresses the oldest tenth goes as well. */
  private shrink(): void {
    for (const [key, counter] of this.counters) {
      if (this.nowMs() - counter.touchedAt >= FORGET_MS) this.counters.delete(key);
    }
    let surplus = this.counters.size - COUNTERS_MAX * 0.9;
    for (const key of this.counters.keys()) {
      if (surplus <= 0) return;
      this.counters.delete(key);
      surplus -= 1;
    }
  }
}

const limited = (waitMs: number): DomainError => {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new DomainError('rate.limited', `Try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
};

/** An IPv4 /24 or IPv6 /48: who has one address of it usually has them all. */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const text = mapped ?? address;
  if (!isIPv6(text)) return text.split('.').slice(0, 3).join('.');
  const [head = '', tail = ''] = text.split('%', 1)[0]?.toLowerCase().split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back]
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
