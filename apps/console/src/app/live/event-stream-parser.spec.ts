import { describe, expect, it } from '@jest/globals';
import { EventStreamParser } from './event-stream-parser.ts';

const STREAM =
  ': hello\n\nid: 1\nevent: a\ndata: {"x":1}\n\ndata: two\r\ndata: lines\r\n\r\nretry: 3000\n\n';
const MESSAGES = [
  { id: '1', event: 'a', data: '{"x":1}' },
  { id: '1', event: 'message', data: 'two\nlines' },
];

describe('EventStreamParser', () => {
  it('reads messages, passes over comments and keeps the last id', () => {
    expect(new EventStreamParser().push(STREAM)).toEqual(MESSAGES);
  });

  it('does not care where the network cuts', () => {
    for (let size = 1; size < 7; size += 1) {
      const parser = new EventStreamParser();
      const read = [];
      for (let at = 0; at < STREAM.length; at += size) {
        read.push(...parser.push(STREAM.slice(at, at + size)));
      }
      expect(read).toEqual(MESSAGES);
    }
  });

  it('yields nothing for half a message', () => {
    expect(new EventStreamParser().push('data: x\n')).toEqual([]);
  });
});
