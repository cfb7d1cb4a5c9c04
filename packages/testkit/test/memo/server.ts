/** A server of Memo for the tests of this folder, in this process. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

interface Item {
  readonly value: Buffer;
  readonly endsAt: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** What is stored, with a clock that stands still unless a test moves it. */
class Store {
  readonly #items = new Map<string, Item>();
  now = 0;

  get(key: string): Item | undefined {
    const item = this.#items.get(key);
    if (item === undefined || item.endsAt > this.now) return item;
    this.#items.delete(key);
    return undefined;
  }

  set(key: string, value: Buffer, endsAt: number): void {
    this.#items.set(key, { value, endsAt });
  }

  delete(key: string): boolean {
    return this.get(key) !== undefined && this.#items.delete(key);
  }

  below(prefix: string): string[] {
    return [...this.#items.keys()].filter((key) => key.startsWith(prefix) && this.get(key) !== undefined);
  }
}

const OK = 'OK\n';
const int = (value: number): string => `INT ${value}\n`;
const data = (value: Uint8Array): string => `DATA ${value.length}\n${Buffer.from(value).toString('latin1')}\n`;

function endAfter(store: Store, ttl: string): number {
  return ttl === '0' ? NEVER : store.now + Number(ttl);
}

function increment(store: Store, key: string, by: string): string {
  const { value, endsAt } = store.get(key) ?? { value: Buffer.from('0'), endsAt: NEVER };
  const sum = Number(value.toString()) + Number(by);
  if (!Number.isSafeInteger(sum)) return 'ERR not a number\n';
  store.set(key, Buffer.from(String(sum)), endsAt);
  return int(sum);
}

function expire(store: Store, key: string, ttl: string): string {
  const item = store.get(key);
  if (item !== undefined) store.set(key, item.value, endAfter(store, ttl));
  return int(item === undefined ? 0 : 1);
}

function ttlOf(store: Store, key: string): string {
  const item = store.get(key);
  if (item === undefined) return 'NIL\n';
  return item.endsAt === NEVER ? int(-1) : int(Math.floor(item.endsAt - store.now));
}

/** Keys and values are handled as latin1: one character for each byte. */
function answer(store: Store, [name, key = '', more = '']: readonly string[], value: Buffer): string {
  switch (name) {
    case 'PING':
      return OK;
    case 'SET':
      store.set(key, value, endAfter(store, more));
      return OK;
    case 'GET': {
      const item = store.get(key);
      return item === undefined ? 'NIL\n' : data(item.value);
    }
    case 'DEL':
      return int(store.delete(key) ? 1 : 0);
    case 'HAS':
      return int(store.get(key) === undefined ? 0 : 1);
    case 'INCR':
      return increment(store, key, more);
    case 'EXPIRE':
      return expire(store, key, more);
    case 'TTL':
      return ttlOf(store, key);
    case 'LEN':
      return int(store.below('').length);
    case 'KEYS': {
      const keys = store.below(key);
      return `LIST ${keys.length}\n${keys.map((one) => data(Buffer.from(one, 'latin1'))).join('')}`;
    }
    default:
      return 'ERR unknown command\n';
  }
}

/** Reads requests off one socket and answers them, in order. */
class Session {
  readonly #store: Store;
  readonly #password: string | undefined;
  #pieces: Buffer[] = [];
  #length = 0;
  #needed = 1;
  #allowed: boolean;

  constructor(store: Store, password: string | undefined) {
    this.#store = store;
    this.#password = password;
    this.#allowed = password === undefined;
  }

  read(piece: Buffer): Buffer {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#needed) return Buffer.alloc(0);
    let rest: Buffer = Buffer.concat(this.#pieces);
    const replies: string[] = [];
    for (let size = this.#requestSize(rest); size > 0 && size <= rest.length; size = this.#requestSize(rest)) {
      replies.push(this.#run(rest.subarray(0, size)));
      rest = rest.subarray(size);
    }
    this.#pieces = [rest];
    this.#length = rest.length;
    this.#needed = Math.max(this.#requestSize(rest), rest.length + 1);
    return Buffer.from(replies.join(''), 'latin1');
  }

  /** 0: its first line is not complete. */
  #requestSize(bytes: Buffer): number {
    const end = bytes.indexOf('\n');
    if (end < 0) return 0;
    const words = bytes.toString('latin1', 0, end).split(' ');
    return words[0] === 'SET' ? end + 1 + Number(words[3]) + 1 : end + 1;
  }

  #run(request: Buffer): string {
    const end = request.indexOf('\n');
    const words = request.toString('latin1', 0, end).split(' ');
    if (words[0] === 'AUTH') {
      this.#allowed = words[1] === this.#password;
      return this.#allowed ? OK : 'ERR wrong password\n';
    }
    if (!this.#allowed) return 'ERR no password was given\n';
    return answer(this.#store, words, Buffer.from(request.subarray(end + 1, -1)));
  }
}

/** A running server. */
export interface MemoServer {
  readonly port: number;
  /** Moves its clock. */
  advance(ms: number): void;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startMemo({ password }: { readonly password?: string } = {}): Promise<MemoServer> {
  const store = new Store();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const session = new Session(store, password);
    sockets.add(socket);
    socket.on('data', (bytes) => socket.write(session.read(bytes)));
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    advance: (ms) => {
      store.now += ms;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
