import { createServer, type Server } from 'node:http';

export interface HealthServer {
  close(): Promise<void>;
}

/** Answers GET /health with 200 and the given facts, everything else with 404. Loopback unless told otherwise. */
export function startHealthServer(
  port: number,
  host: string,
  facts: () => object,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const isHealth = request.method === 'GET' && request.url?.split('?')[0] === '/health';
    response.writeHead(isHealth ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isHealth ? { status: 'ok', ...facts() } : { status: 'error' }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({ close: () => closeServer(server) });
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
