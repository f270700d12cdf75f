import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ReadableStream as NodeStream } from 'node:stream/web';
import { TextDecoder as NodeDecoder, TextEncoder as NodeEncoder } from 'node:util';
import type { StreamMessage } from './event-stream-parser.ts';
import { HIDDEN_MS, POLL_MS, reconnectDelay, ServerEvents, SILENCE_MS } from './server-events.ts';

// Every browser has these; jsdom has not.
Object.assign(globalThis, {
  ReadableStream: NodeStream,
  TextDecoder: NodeDecoder,
  TextEncoder: NodeEncoder,
});

/** A server of the test's making: each request is answered by the next reply. */
class FakeStream {
  readonly requests: Headers[] = [];
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly replies: number[] = [];

  readonly fetch = ((_url: string, init: RequestInit) => {
    this.requests.push(new Headers(init.headers));
    const status = this.replies.shift() ?? 200;
    if (status !== 200) return Promise.resolve({ ok: false, status, body: null });
    const body = new ReadableStream<Uint8Array>({ start: (c) => void (this.controller = c) });
    init.signal?.addEventListener('abort', () => this.fail());
    return Promise.resolve({ ok: true, status, body });
  }) as unknown as typeof fetch;

  send(text: string): void {
    this.controller?.enqueue(new TextEncoder().encode(text));
  }
  end(): void {
    this.controller?.close();
  }
  private fail(): void {
    try {
      this.controller?.error(new Error('aborted'));
    } catch {
      // The stream had ended already.
    }
  }
}

class FakePage extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';
  show(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

const settle = () => jest.advanceTimersByTimeAsync(0);

function open(over: Partial<ConstructorParameters<typeof ServerEvents>[0]> = {}) {
  const server = new FakeStream();
  const page = new FakePage();
  const messages: StreamMessage[] = [];
  const poll = jest.fn(() => Promise.resolve());
  const refresh = jest.fn(() => Promise.resolve(true));
  const start = () =>
    new ServerEvents({
      url: '/api/v1/jobs/events/1',
      token: () => 'token',
      refresh,
      onMessage: (message) => void messages.push(message),
      poll,
      fetch: server.fetch,
      random: () => 1,
      page: page as unknown as Document,
      ...over,
    });
  return { server, page, messages, poll, refresh, start };
}

describe('ServerEvents', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('sends the token in a header, hands over messages and is live', async () => {
    const { server, messages, start } = open();
    const events = start();
    await settle();
    server.send('id: 7\nevent: reset\ndata: {}\n\n');
    await settle();
    expect(events.state()).toBe('live');
    expect(server.requests[0]?.get('authorization')).toBe('Bearer token');
    expect(messages).toEqual([{ id: '7', event: 'reset', data: '{}' }]);
    events.close();
  });

  it('reconnects after 1, 2, 4 s and resumes from the last id', async () => {
    const { server, start } = open();
    const events = start();
    await settle();
    server.send('id: e.5.9\ndata: x\n\n');
    await settle();
    server.replies.push(500, 503);
    server.end();
    await settle();
    expect(events.state()).toBe('reconnecting');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.get('last-event-id')).toBe('e.5.9');
    await jest.advanceTimersByTimeAsync(1_999);
    expect(server.requests).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(server.requests).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(4_000);
    expect(server.requests).toHaveLength(4);
    expect(events.state()).toBe('live');
    events.close();
  });

  it('takes a stream that is silent for 35 s for dead, but not one with heartbeats', async () => {
    const { server, start } = open();
    const events = start();
    await settle();
    await jest.advanceTimersByTimeAsync(SILENCE_MS - 1);
    server.send(': heartbeat\n\n');
    await jest.advanceTimersByTimeAsync(SILENCE_MS - 1);
    expect(events.state()).toBe('live');
    await jest.advanceTimersByTimeAsync(1);
    expect(events.state()).toBe('reconnecting');
    events.close();
  });

  it('polls every 5 s when live events are switched off', async () => {
    const { server, poll, start } = open();
    server.replies.push(404);
    const events = start();
    await settle();
    expect(events.state()).toBe('polling');
    expect(poll).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(poll).toHaveBeenCalledTimes(2);
    events.close();
    await jest.advanceTimersByTimeAsync(POLL_MS * 2);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('goes on polling after a poll that failed', async () => {
    const poll = jest.fn(() => Promise.reject(new Error('down')));
    const { server, start } = open({ poll, enabled: false });
    const events = start();
    await settle();
    await jest.advanceTimersByTimeAsync(POLL_MS);
    expect(poll).toHaveBeenCalledTimes(2);
    expect(server.requests).toHaveLength(0);
    events.close();
  });

  it('refreshes the token once after a 401, and ends when that did not help', async () => {
    const { server, refresh, start } = open();
    server.replies.push(401, 401);
    const events = start();
    await settle();
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(server.requests).toHaveLength(2);
    expect(events.state()).toBe('closed');
  });

  it('ends without a token', async () => {
    const { server, start } = open({ token: () => null });
    const events = start();
    await settle();
    expect(events.state()).toBe('closed');
    expect(server.requests).toHaveLength(0);
  });

  it('gives the connection back in a tab hidden for 5 minutes and resumes when it is seen', async () => {
    const { server, page, start } = open();
    const events = start();
    await settle();
    server.send('id: 3\ndata: x\n\n');
    await settle();
    page.show('hidden');
    for (let waited = 0; waited < HIDDEN_MS; waited += 15_000) {
      server.send(': heartbeat\n\n');
      await jest.advanceTimersByTimeAsync(15_000);
    }
    await jest.advanceTimersByTimeAsync(120_000);
    expect(server.requests).toHaveLength(1);
    page.show('visible');
    await settle();
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.get('last-event-id')).toBe('3');
    events.close();
  });
});

describe('reconnectDelay', () => {
  it('doubles to 30 s and is spread over the upper half', () => {
    expect([1, 2, 3, 4, 5, 6, 9].map((n) => reconnectDelay(n, () => 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect(reconnectDelay(3, () => 0)).toBe(2_000);
  });
});
