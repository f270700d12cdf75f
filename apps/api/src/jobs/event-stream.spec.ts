import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Caller } from '@drm/auth';
import { EventStream } from './event-stream.ts';

const TOKEN_MS = 600_000;

class FakeCaller implements Caller {
  readonly context = {
    tenantId: 't',
    actor: { kind: 'user' as const, id: 'u', name: 'Ada' },
    permissions: new Set<never>(),
    correlationId: 'c',
    address: null,
  };
  readonly sessionId = 's';
  readonly expiresAt = Date.now() + TOKEN_MS;
  alive: () => Promise<boolean> = () => Promise.resolve(true);
  isAlive(): Promise<boolean> {
    return this.alive();
  }
}

let caller: FakeCaller;
let over: number;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  caller = new FakeCaller();
  over = 0;
});
afterEach(() => {
  jest.useRealTimers();
});

const open = (): { stream: EventStream; text: () => string; hasEnded: () => boolean } => {
  const stream = new EventStream(caller, () => (over += 1));
  let text = '';
  let hasEnded = false;
  stream.body.on('data', (chunk: Buffer) => (text += chunk.toString()));
  stream.body.on('end', () => (hasEnded = true));
  return { stream, text: () => text, hasEnded: () => hasEnded };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pass = async (ms: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(ms);
  await settle();
};

describe('an event stream', () => {
  it('says that the session expires, and ends with it', async () => {
    const { text, hasEnded } = open();
    await pass(TOKEN_MS - 45_000 - 1);
    expect(text()).not.toContain('session.expiring');
    await pass(1);
    expect(text()).toContain('event: session.expiring\ndata: {}\n\n');
    await pass(44_000);
    expect(hasEnded()).toBe(false);
    await pass(1000);
    expect(hasEnded()).toBe(true);
    expect(over).toBe(1);
    expect(text()).toContain(': still here');
  });

  it('asks every second, since what the caller knows may be four seconds old', async () => {
    const { hasEnded } = open();
    await pass(20_000);
    expect(hasEnded()).toBe(false);
    caller.alive = () => Promise.resolve(false);
    await pass(1000);
    expect(hasEnded()).toBe(true);
    expect(over).toBe(1);
  });

  it('ends when nobody can tell whether the caller may still look', async () => {
    const { hasEnded } = open();
    caller.alive = () => Promise.reject(new Error('broken'));
    await pass(5000);
    expect(hasEnded()).toBe(true);
  });

  it('keeps at most a buffer for a slow reader, then says reset', async () => {
    const stream = new EventStream(caller, () => (over += 1));
    const filler = 'x'.repeat(1000);
    for (let n = 1; n <= 1000; n += 1)
      stream.send([{ id: `1.${n}.0`, event: 'execution.changed', data: { n, filler } }]);
    const kept = stream.body.readableLength + stream.body.writableLength;
    expect(kept).toBeLessThan(200_000);
    let text = '';
    stream.body.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await settle();
    expect(text).not.toContain('"n":1000,');
    expect(text.endsWith('id: 1.1000.0\nevent: reset\ndata: {}\n\n')).toBe(true);
    // It has caught up: what comes now arrives.
    stream.send([{ id: '1.1001.0', event: 'execution.changed', data: { n: 1001 } }]);
    await settle();
    expect(text).toContain('"n":1001');
    stream.end();
  });

  it('stops its timers when the reader goes', async () => {
    const { stream } = open();
    stream.body.destroy();
    await settle();
    expect(over).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
