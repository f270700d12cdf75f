import { createServer } from 'node:net';

/** Whether a TCP listener could be opened; `EACCES` (a low port without the right) counts as not. */
export function isPortFree(port: number, bind: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: bind, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function anyFreePort(bind: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: bind }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Hands out ports: the wanted one when it is free, else any; never one twice. */
export class PortPool {
  private readonly taken = new Set<number>();

  constructor(private readonly bind: string) {}

  /** Keeps a port from being handed out. */
  reserve(port: number): void {
    this.taken.add(port);
  }

  async take(wanted: number): Promise<number> {
    let port = wanted;
    while (port === 0 || this.taken.has(port) || !(await isPortFree(port, this.bind))) {
      port = await anyFreePort(this.bind);
    }
    this.taken.add(port);
    return port;
  }
}
