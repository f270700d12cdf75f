import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface SideAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type Handlers = Readonly<Record<string, () => Promise<SideAnswer> | SideAnswer>>;

/** A tiny HTTP server for probes and scrapes on a port of its own: GET and HEAD of fixed paths, nothing else. */
export class SideServer {
  private server: Server | null = null;

  constructor(
    private readonly handlers: Handlers,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @returns the port, which differs from `port` when that was 0 */
  async listen(port: number, bind: string): Promise<number> {
    const server = createServer((request, response) => void this.answer(request, response));
    // A probe that stays silent must not hold a socket for minutes.
    server.headersTimeout = 5_000;
    server.requestTimeout = 5_000;
    server.keepAliveTimeout = 5_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, bind, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', this.onError);
    this.server = server;
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const handler = Object.hasOwn(this.handlers, path) ? this.handlers[path] : undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    try {
      if (handler === undefined || !isRead) {
        send(response, plain(handler === undefined ? 404 : 405));
        return;
      }
      send(response, await handler());
    } catch (error) {
      this.onError(error);
      send(response, plain(500));
    }
  }
}

const plain = (status: number): SideAnswer => ({ status, contentType: 'text/plain', body: '' });

function send(response: ServerResponse, { status, contentType, body }: SideAnswer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
