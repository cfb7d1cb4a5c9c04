import type { OnReadOpts, Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import process from 'node:process';
import type { ConnectionOptions } from 'node:tls';
import type { Arg } from '../command/command.ts';
import { ConnectionError } from '../errors.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import { eventFunctions } from './event-functions.ts';
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
  if ('connect' in address) return address.connect(address, eventFunctions(on), signal);
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
    const transport = new SocketTransport(open(), on);
    transport.opening = new SocketOpening(transport, address, signal, resolve, reject);
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

function isIp(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** Where a socket has its transport: the listeners are the same functions for all sockets, and find it here. */
const TRANSPORT: unique symbol = Symbol('kv:transport');

function transportOf(socket: Socket): SocketTransport {
  return (socket as Socket & { [TRANSPORT]: SocketTransport })[TRANSPORT];
}

function lookedUp(this: Socket): void {
  transportOf(this).on.phase?.('connecting'); // to each address; then one after the other is tried
}

function attempted(this: Socket, ip: string): void {
  transportOf(this).on.phase?.(`connecting to ${ip}`);
}

function connected(this: Socket): void {
  transportOf(this).on.phase?.(TLS_PHASE);
}

function ready(this: Socket): void {
  transportOf(this).opening?.succeeded();
}

function failed(this: Socket, error: Error): void {
  transportOf(this).error = error;
}

function drained(this: Socket): void {
  transportOf(this).on.drain();
}

/** No reply can come any more, so nothing is worth sending. */
function ended(this: Socket): void {
  this.destroy();
}

function closed(this: Socket): void {
  const { opening, error, on } = transportOf(this);
  if (opening === undefined) on.close(error);
  else opening.failed(error ?? new ConnectionError('The socket was closed while it was connecting'));
}

/** From the call of connect to its success or failure. */
class SocketOpening {
  readonly #transport: SocketTransport;
  readonly #address: SocketAddress;
  readonly #signal: AbortSignal;
  readonly #resolve: (transport: Transport) => void;
  readonly #reject: (error: unknown) => void;
  readonly #aborted = (): void => {
    this.#transport.destroy();
    this.#reject(this.#signal.reason);
  };

  constructor(
    transport: SocketTransport,
    address: SocketAddress,
    signal: AbortSignal,
    resolve: (transport: Transport) => void,
    reject: (error: unknown) => void,
  ) {
    this.#transport = transport;
    this.#address = address;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#aborted, { once: true });
    this.#listen(transport.socket);
  }

  get #isTls(): boolean {
    return this.#address.tls !== undefined;
  }

  #listen(socket: Socket): void {
    const address = this.#address;
    if ('host' in address && !isIp(address.host)) this.#transport.on.phase?.('looking up the name');
    socket.on('lookup', lookedUp);
    socket.on('connectionAttempt', attempted);
    if (this.#isTls) socket.once('connect', connected);
    socket.once(this.#isTls ? 'secureConnect' : 'connect', ready);
  }

  succeeded(): void {
    const { socket } = this.#transport;
    if (isConnectedToItself(socket, this.#address))
      return void socket.destroy(new ConnectionError('Connection refused'));
    this.#end();
    socket.on('drain', drained);
    socket.on('end', ended);
    this.#resolve(this.#transport);
  }

  failed(error: Error): void {
    this.#end();
    this.#reject(this.#isTls ? endOfTlsHandshake(error) : error);
  }

  #end(): void {
    const { socket } = this.#transport;
    this.#signal.removeEventListener('abort', this.#aborted);
    this.#transport.opening = undefined;
    socket.off('lookup', lookedUp);
    socket.off('connectionAttempt', attempted);
  }
}

/**
 * Where nothing listens on a port of this machine, the system may give the socket that very port: TCP then connects it to
 * itself.
 */
function isConnectedToItself(socket: Socket, address: SocketAddress): boolean {
  if (!('port' in address) || socket.localPort !== address.port) return false; // the socket keeps what else it is asked
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}

class SocketTransport implements Transport {
  readonly socket: Socket;
  readonly on: TransportEvents;
  /** Until the socket is open, or cannot be opened. */
  opening: SocketOpening | undefined = undefined;
  /** Why the socket ends. */
  error: Error | undefined = undefined;

  constructor(socket: Socket, on: TransportEvents) {
    this.socket = socket;
    this.on = on;
    Object.assign(socket, { [TRANSPORT]: this });
    socket.on('error', failed);
    socket.on('close', closed);
  }

  write(chunks: readonly Arg[]): boolean {
    const socket = this.socket;
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
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.destroySoon();
    if (this.socket.writableFinished) return;
    const timer = setTimeout(() => this.socket.destroy(), LINGER);
    timer.unref();
    this.socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.socket.destroy();
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
