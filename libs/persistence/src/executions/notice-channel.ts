import { Client } from 'pg';

const RECONNECT_MS = 1000;
const MAX_PAYLOAD = 7000;

/**
 * LISTEN/NOTIFY on a connection of its own: neither may ride on a pooled one, and NOTIFY takes a lock of the whole
 * server at commit, so it is never part of a business transaction. Payloads hold ids only. Losing the connection
 * loses notices; it is opened again.
 */
export class NoticeChannel {
  private client: Client | null = null;
  private closed = false;
  private opening: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly onNotice: (payload: string) => void,
    private readonly applicationName = 'drm-hints',
  ) {}

  /** Begins to listen; goes on trying until `close`. */
  open(): Promise<void> {
    this.opening ??= this.connect();
    return this.opening;
  }

  /** @throws when the connection is away: the notice is lost then */
  async send(payload: string): Promise<void> {
    if (payload.length > MAX_PAYLOAD) throw new Error('The notice is too long.');
    if (this.client === null) throw new Error('The notice channel is not connected.');
    await this.client.query('SELECT pg_notify($1, $2)', [this.channel, payload]);
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.closed) return;
    const client = new Client({
      connectionString: this.url,
      application_name: this.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    const lost = (): void => {
      if (this.client !== client && this.client !== null) return;
      this.client = null;
      client.removeAllListeners('notification');
      void client.end().catch(() => undefined);
      this.later();
    };
    client.on('notification', (notice) => this.onNotice(notice.payload ?? ''));
    client.on('error', () => undefined);
    client.on('end', lost);
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.channel)}`);
      this.client = client;
      if (this.closed) await this.close();
    } catch {
      client.removeListener('end', lost);
      void client.end().catch(() => undefined);
      this.later();
    }
  }

  private later(): void {
    if (this.closed) return;
    setTimeout(() => void this.connect(), RECONNECT_MS).unref();
  }
}
