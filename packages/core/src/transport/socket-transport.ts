import type { OnReadOpts, Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import process from 'node:process';
import type { ConnectionOptions } from 'node:tls';
import type { Arg } from '../command/command.ts';
import { ConnectionError } from '../errors.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import { joinSmallChunks } from './join-chunks.ts';
import { giveBack, isTextBlock } from './text-blocks.ts';
import { endOfTlsHandshake } from './tls-hints.ts';
import type { Address, Connect, TlsOptions, Transport, TransportEvents } from './transport.ts';

/**
 * One buffer for the reads of all sockets: a read and its callback are one step of the event loop, and none keeps
 * a view of it (see {@link TransportEvents.data}).
 */
const READ_BUFFER = new Uint8Array(262_144);

/**
 * Whether the runtime reads into a buffer and gives it back. libuv does. workerd, which names no version of libuv,
 * transfers the buffer to the first socket that reads, and all others would fail.
 */
const CAN_SHARE_READ_BUFFER = Boolean(process.versions.uv);

/** Lets one write of the engine (64 kB) pass without waiting for `drain`. */
const HIGH_WATER_MARK = 524_288;

/** How long an ending socket may take to send what was written, ms: a peer that reads nothing must not keep it open. */
const LINGER = 1000;

/** From this length on it pays to look whether text is ASCII, which is written faster as latin1. */
const LONG_TEXT = 4096;

/** TCP, TLS and unix sockets. */
export const connectSocket: Connect = (address, on, signal) => {
  if ('connect' in address) return address.connect(address, on, signal);
  return address.tls === undefined
    ? opened(() => openPlain(address, on), address, on, signal)
    : connectTls(address, address.tls, on, signal);
};

/** The code of TLS is loaded with the first connection that uses it: most programs never do, and all would wait for it. */
async function connectTls(
  address: SocketAddress,
  tls: TlsOptions,
  on: TransportEvents,
  signal: AbortSignal,
): Promise<Transport> {
  const { connect } = await import('node:tls');
  return opened(() => openTls(connect, address, tls, on), address, on, signal);
}

/** Settles when the socket is open, or cannot be opened, or the signal is aborted. */
function opened(
  open: () => Socket,
  address: SocketAddress,
  on: TransportEvents,
  signal: AbortSignal,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = open();
    tellPhases(socket, address, on);
    new SocketOpening(socket, address.tls === undefined ? 'connect' : 'secureConnect', on, signal, resolve, reject);
  });
}

/** A port without TLS takes the beginning of a handshake for a command that is not complete, and waits for its end. */
const TLS_PHASE = 'TLS handshake, which a port without TLS does not answer';

type SocketAddress = Exclude<Address, { connect: Connect }>;

function target(address: SocketAddress): { path: string } | { host: string; port: number } {
  return 'path' in address ? { path: address.path } : { host: address.host, port: address.port };
}

function openPlain(address: SocketAddress, on: TransportEvents): Socket {
  const options = {
    ...target(address),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    writableHighWaterMark: HIGH_WATER_MARK,
  };
  if (CAN_SHARE_READ_BUFFER) return connectTcp({ ...options, onread: readInto(on) });
  return listening(connectTcp(options), on);
}

/** Reads into the shared buffer, or right to where the receiver wants it. */
function readInto(on: TransportEvents): OnReadOpts {
  return {
    buffer: () => on.room?.() ?? READ_BUFFER,
    callback: (length, buffer): boolean => {
      if (buffer.buffer !== READ_BUFFER.buffer) on.filled?.(length);
      else on.data(length === buffer.length ? buffer : buffer.subarray(0, length));
      return true;
    },
  };
}

/** Takes what the runtime has read into buffers of its own. */
function listening(socket: Socket, on: TransportEvents): Socket {
  return socket.on('data', (bytes: Uint8Array) => on.data(bytes));
}

function openTls(
  connect: (options: ConnectionOptions) => Socket,
  address: SocketAddress,
  tls: TlsOptions,
  on: TransportEvents,
): Socket {
  const options = { ...target(address), ...tls, highWaterMark: HIGH_WATER_MARK } as unknown as ConnectionOptions;
  if (tls.servername === undefined && 'host' in address && !isIp(address.host)) options.servername = address.host;
  const socket = connect(options);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  return listening(socket, on);
}

/** Tells what the socket is doing until it is open. */
function tellPhases(socket: Socket, address: SocketAddress, on: TransportEvents): void {
  const tell = (name: string): void => on.phase?.(name);
  if ('host' in address && !isIp(address.host)) tell('looking up the name');
  socket.on('lookup', () => tell('connecting')); // of each address; then one after the other is tried
  socket.on('connectionAttempt', (ip: string) => tell(`connecting to ${ip}`));
  if (address.tls !== undefined) socket.once('connect', () => tell(TLS_PHASE));
}

function isIp(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** From the call of connect to its success or failure; then the socket is handed to a {@link SocketTransport}. */
class SocketOpening {
  constructor(
    socket: Socket,
    ready: 'connect' | 'secureConnect',
    on: TransportEvents,
    signal: AbortSignal,
    resolve: (transport: Transport) => void,
    reject: (error: unknown) => void,
  ) {
    let error: Error | undefined;
    let opened = false;
    let unfollow = onAbort(signal, (reason) => {
      socket.destroy();
      reject(reason);
    });
    socket.on('error', (cause: Error) => {
      error = cause;
    });
    socket.once(ready, () => {
      if (isConnectedToItself(socket)) return void socket.destroy(new ConnectionError('Connection refused'));
      opened = true;
      unfollow();
      unfollow = NOTHING; // the listeners of the socket stay, and would keep the signal
      resolve(new SocketTransport(socket, on));
    });
    socket.once('close', () => {
      unfollow();
      if (opened) return on.close(error);
      const cause = error ?? new ConnectionError('The socket was closed while it was connecting');
      reject(ready === 'secureConnect' ? endOfTlsHandshake(cause) : cause);
    });
  }
}

const NOTHING = (): void => undefined;

/** Calls back when the signal is aborted. Returns a function that ends this, and holds all that does. */
function onAbort(signal: AbortSignal, act: (reason: unknown) => void): () => void {
  const listener = (): void => act(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/**
 * Where nothing listens on a port of this machine, the system may give the socket that very port: TCP then connects it to
 * itself.
 */
function isConnectedToItself({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean {
  return localPort !== undefined && localPort === remotePort && localAddress === remoteAddress;
}

class SocketTransport implements Transport {
  readonly #socket: Socket;

  constructor(socket: Socket, on: TransportEvents) {
    this.#socket = socket;
    socket.on('drain', () => on.drain());
    socket.on('end', () => socket.destroy()); // no reply can come any more, so nothing is worth sending
  }

  write(chunks: readonly Arg[]): boolean {
    const socket = this.#socket;
    if (chunks.length === 1) return writeChunk(socket, chunks[0] as Arg);
    const parts = joinSmallChunks(chunks);
    if (parts.length === 1) return writeChunk(socket, parts[0] as Arg);
    socket.cork();
    let more = true;
    for (const part of parts) more = writeChunk(socket, part);
    socket.uncork();
    return more;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroySoon();
    if (this.#socket.writableFinished) return;
    const timer = setTimeout(() => this.#socket.destroy(), LINGER);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function writeChunk(socket: Socket, chunk: Arg): boolean {
  if (typeof chunk !== 'string') return isTextBlock(chunk) ? writeBlock(socket, chunk) : socket.write(chunk);
  const ascii = chunk.length >= LONG_TEXT && Buffer.byteLength(chunk) === chunk.length;
  return socket.write(chunk, ascii ? 'latin1' : 'utf8');
}

/** After a failure the system may still hold on to the block. */
function writeBlock(socket: Socket, block: Uint8Array): boolean {
  return socket.write(block, (error) => {
    if (!error) giveBack(block);
  });
}
