import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Listens on 127.0.0.1, on a free port unless one is named; resolves with the port. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Listens on a unix socket. */
export async function listenOnPath(server: Server, path: string): Promise<void> {
  server.listen({ path });
  await once(server, 'listening');
}

/** Stops listening; resolves when that is done and every connection has closed. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}
