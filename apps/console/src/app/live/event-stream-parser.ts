/** One message of a `text/event-stream`. `data` is the raw text; `id` is what to resume from. */
export interface StreamMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/**
 * Cuts the text of an event stream into messages, whatever way the network cut it into chunks.
 * Comments (heartbeats) and empty messages yield nothing.
 * @see WHATWG HTML, 9.2.6 Interpreting an event stream
 */
export class EventStreamParser {
  private rest = '';
  private id: string | null = null;
  private event = '';
  private data: string[] = [];

  push(chunk: string): StreamMessage[] {
    const messages: StreamMessage[] = [];
    this.rest += chunk;
    for (;;) {
      const end = this.rest.search(/[\r\n]/);
      // A lone CR at the very end may be the first half of CRLF: wait for the next chunk.
      if (end < 0 || (this.rest[end] === '\r' && end === this.rest.length - 1)) return messages;
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(this.rest.startsWith('\r\n', end) ? end + 2 : end + 1);
      const message = this.line(line);
      if (message) messages.push(message);
    }
  }

  private line(line: string): StreamMessage | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return null;
  }

  private dispatch(): StreamMessage | null {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    return data.length === 0
      ? null
      : { id: this.id, event: event || 'message', data: data.join('\n') };
  }
}
