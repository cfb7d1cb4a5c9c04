import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type * as Net from 'node:net';
import { connect as connectTcp, createServer, type Server, type Socket, type TcpNetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectSocket } from './socket-transport.ts';
import { encodeText } from './text-blocks.ts';
import type { Transport, TransportEvents } from './transport.ts';

let folder: string;
let server: Server;
let peers: Socket[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-socket-'));
  peers = [];
  server = createServer((socket) => {
    peers.push(socket);
    socket.on('error', () => undefined);
  });
});
afterEach(() => {
  for (const peer of peers) peer.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

async function listen(path?: string): Promise<{ host: string; port: number } | { path: string }> {
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const address = server.address();
  return address === null || typeof address === 'string'
    ? { path: path ?? '' }
    : { host: '127.0.0.1', port: address.port };
}

class Heard implements TransportEvents {
  bytes = 0;
  sum = 0;
  closes: (Error | undefined)[] = [];
  drains = 0;
  readonly closed: Promise<void>;
  #close: () => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  data(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    for (let i = 0; i < bytes.length; i += 997) this.sum += bytes[i] as number;
  }

  drain(): void {
    this.drains++;
  }

  close(error?: Error): void {
    this.closes.push(error);
    this.#close();
  }
}

function remembered(pieces: Uint8Array[], memory: Set<ArrayBufferLike>): Uint8Array[] {
  for (const { buffer } of pieces) memory.add(buffer);
  return pieces;
}

/** Connects as workerd does, where the first socket that reads takes the given buffer away from all others. */
function likeWorkerd(options: TcpNetConnectOpts): Socket {
  const buffer = options.onread?.buffer;
  if (buffer instanceof Uint8Array) structuredClone(buffer.buffer, { transfer: [buffer.buffer as ArrayBuffer] });
  return connectTcp(options);
}

async function echoes(transport: Transport, heard: Heard, size: number): Promise<void> {
  const peer = peers[0] as Socket;
  peer.pipe(peer);
  transport.write([new Uint8Array(size).fill(7)]);
  while (heard.bytes < size) await new Promise(setImmediate);
  expect(heard.bytes).toBe(size);
}

describe('sockets', () => {
  it.each(['tcp', 'unix'])(
    '%s: 64 MB there and back, then an orderly end',
    async (kind) => {
      const heard = new Heard();
      const transport = await connectSocket(
        await listen(kind === 'unix' ? join(folder, 's') : undefined),
        heard,
        never,
      );
      while (peers.length === 0) await new Promise(setImmediate);
      await echoes(transport, heard, 64 << 20);
      transport.end();
      await heard.closed;
      expect(heard.closes).toEqual([undefined]);
    },
    60_000,
  );

  it('a socket that the system has connected to itself counts as refused [#144]', async () => {
    const address = (await listen()) as { host: string; port: number };
    await new Promise((resolve) => server.close(resolve)); // nobody listens there any more
    vi.resetModules();
    vi.doMock('node:net', async (original) => ({
      ...(await original<typeof Net>()),
      connect: (options: TcpNetConnectOpts) => connectTcp({ ...options, localPort: address.port }),
    }));
    const { connectSocket: connect } = await import('./socket-transport.ts');
    vi.doUnmock('node:net');
    const heard = new Heard();
    await expect(connect(address, heard, never)).rejects.toMatchObject({ message: 'Connection refused' });
    expect(heard.closes).toEqual([]);
  });

  it('where the runtime would keep the shared read buffer for one socket, all sockets receive', async () => {
    vi.resetModules();
    vi.doMock('node:process', () => ({ default: { ...process, versions: { node: '22.0.0', uv: '' } } }));
    vi.doMock('node:net', async (original) => ({
      ...(await original<typeof Net>()),
      connect: likeWorkerd,
    }));
    const { connectSocket: connect } = await import('./socket-transport.ts');
    vi.doUnmock('node:process');
    vi.doUnmock('node:net');
    const address = await listen();
    server.on('connection', (peer) => peer.end('hello'));
    const sockets = [new Heard(), new Heard()];
    await Promise.all(sockets.map((heard) => connect(address, heard, never)));
    await Promise.all(sockets.map((heard) => heard.closed));
    expect(sockets.map(({ bytes }) => bytes)).toEqual([5, 5]);
  });

  it('text and bytes in one write keep their order, ASCII and not', async () => {
    const transport = await connectSocket(await listen(), new Heard(), never);
    while (peers.length === 0) await new Promise(setImmediate);
    const got: Buffer[] = [];
    (peers[0] as Socket).on('data', (bytes) => got.push(bytes));
    const chunks = ['a'.repeat(5000), Uint8Array.of(1, 2), 'é€', 'é'.repeat(5000)];
    const wanted = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
    transport.write(chunks);
    while (Buffer.concat(got).length < wanted.length) await new Promise(setImmediate);
    expect(Buffer.concat(got).equals(wanted)).toBe(true);
    transport.destroy();
  });

  it('overwrites no large text that its peer has not read yet, and uses its memory again afterwards', async () => {
    const heard = new Heard();
    const transport = await connectSocket(await listen(), heard, never);
    while (peers.length === 0) await new Promise(setImmediate);
    const peer = peers[0] as Socket;
    const hash = createHash('sha256');
    let received = 0;
    peer.pause().on('data', (bytes) => {
      received += bytes.length;
      hash.update(bytes);
    });
    const texts = Array.from({ length: 24 }, (_, i) => `${i}é`.repeat(250_000));
    const memory = new Set<ArrayBufferLike>();
    for (const text of texts) {
      if (!transport.write(remembered(encodeText(text), memory))) peer.resume();
      await new Promise(setImmediate);
    }
    peer.resume();
    const wanted = Buffer.from(texts.join(''));
    while (received < wanted.length) await new Promise(setImmediate);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(wanted).digest('hex'));
    await expect.poll(() => memory.has((encodeText('a')[0] as Uint8Array).buffer), { timeout: 20_000 }).toBe(true);
    transport.destroy();
  });

  it('reads right into the memory that the receiver wants, and into memory of its own when it wants none', async () => {
    const address = await listen();
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    server.on('connection', (peer) => peer.end(sent));
    const memory = new Uint8Array(200_000);
    let filled = 0;
    const rest: Uint8Array[] = [];
    const heard = new Heard();
    const on: TransportEvents = Object.assign(heard, {
      room: () => (filled < memory.length ? memory.subarray(filled) : undefined),
      filled: (length: number) => {
        filled += length;
      },
      data: (bytes: Uint8Array) => void rest.push(bytes.slice()),
    });
    await connectSocket(address, on, never);
    await heard.closed;
    expect(filled).toBe(200_000);
    expect(Buffer.concat([memory, ...rest]).equals(sent)).toBe(true);
  });

  it('says when to stop writing, and when to go on', async () => {
    const heard = new Heard();
    const transport = await connectSocket(await listen(), heard, never);
    while (peers.length === 0) await new Promise(setImmediate);
    (peers[0] as Socket).pause();
    let more = true;
    for (let i = 0; more && i < 1000; i++) more = transport.write([new Uint8Array(1 << 20)]);
    expect(more).toBe(false);
    (peers[0] as Socket).resume();
    while (heard.drains === 0) await new Promise(setImmediate);
    transport.destroy();
    await heard.closed;
  });

  it('no one there: rejects with the reason of the system', async () => {
    const address = await listen();
    server.close();
    await expect(connectSocket(address, new Heard(), never)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('aborted before and while connecting: rejects with the reason, and no socket is left', async () => {
    const reason = new Error('changed my mind');
    const address = await listen();
    await expect(connectSocket(address, new Heard(), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const connecting = connectSocket(address, new Heard(), controller.signal);
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    const left = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    for (const peer of peers) peer.resume();
    while ((await left()) > 0) await new Promise(setImmediate);
  });

  it('a peer that resets is told once', async () => {
    const heard = new Heard();
    await connectSocket(await listen(), heard, never);
    while (peers.length === 0) await new Promise(setImmediate);
    (peers[0] as Socket).resetAndDestroy();
    await heard.closed;
    expect(heard.closes).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('ends although the peer reads nothing', async () => {
    const heard = new Heard();
    const transport = await connectSocket(await listen(), heard, never);
    while (peers.length === 0) await new Promise(setImmediate);
    (peers[0] as Socket).pause();
    for (let i = 0; i < 64; i++) transport.write([new Uint8Array(1 << 20)]);
    transport.end();
    await heard.closed;
    expect(heard.closes).toHaveLength(1);
  });
});
