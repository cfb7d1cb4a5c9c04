import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Peer, Service } from './peer.ts';

/** Where a server listens. */
export interface Endpoint {
  /** TCP port; 0 takes a free one. */
  readonly port?: number | undefined;
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Path of a unix socket, instead of a port. */
  readonly path?: string | undefined;
}

/** A listening server. */
export interface Listener {
  readonly host: string;
  /** The port in use; undefined on a unix socket. */
  readonly port: number | undefined;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** Puts a service on a TCP port or a unix socket. */
export async function listen(service: Service, endpoint: Endpoint): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attach(service, socket);
  });
  const host = endpoint.host ?? '127.0.0.1';
  await bind(server, endpoint.path === undefined ? { host, port: endpoint.port ?? 0 } : { path: endpoint.path });
  const at = server.address() as AddressInfo | string | null;
  return {
    host,
    port: typeof at === 'object' ? at?.port : undefined,
    close: () => stop(server, sockets),
  };
}

function bind(server: Server, at: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.removeListener('error', reject);
      server.on('error', () => {}); // a failed accept (out of file descriptors) concerns that client only
      resolve();
    });
  });
}

function stop(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function attach(service: Service, socket: Socket): void {
  const session = service.accept(socketPeer(socket));
  socket.on('data', (bytes) => session.data(bytes));
  socket.on('drain', () => session.drained());
  socket.on('end', () => session.ended());
  socket.on('error', () => {}); // 'close' follows
  socket.once('close', () => session.closed());
}

function socketPeer(socket: Socket): Peer {
  const remote = socket.remoteAddress;
  return {
    name: remote === undefined ? 'unix:0' : `${remote}:${socket.remotePort}`,
    host: (remote ?? '127.0.0.1').replace(/^::ffff:/, ''),
    get full() {
      return socket.writableNeedDrain;
    },
    get pending() {
      return socket.writableLength;
    },
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.destroySoon(),
    destroy: () => socket.destroy(),
  };
}
