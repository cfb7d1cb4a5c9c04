import type { Clock } from '../clock.ts';
import { Conversation, type Dialogue, Disconnect } from '../conversation.ts';
import type { InputBuffer } from '../input-buffer.ts';
import type { Peer, Service, Session } from '../peer.ts';
import { type Command, type Context, type Reply, type SharedState, WRONG_COUNT } from './command.ts';
import { hashCommands } from './commands/hash.ts';
import { kvCommands } from './commands/kv.ts';
import { queueCommands } from './commands/queue.ts';
import { serverCommands } from './commands/server.ts';
import { zsetCommands } from './commands/zset.ts';
import { Database, StorageError } from './database.ts';
import { Expiry } from './expiry.ts';
import { IpFilter } from './ip-filter.ts';
import { redisReply, translate } from './redis-dialect.ts';
import { RequestReader, type SsdbRequest } from './request.ts';

/** How an SSDB server is configured. */
export interface SsdbSettings {
  /** Clients must know one of these; none: no password needed. */
  readonly passwords?: readonly string[] | undefined;
  /** Refuse every command that writes. */
  readonly readonly?: boolean | undefined;
}

/** Every command by its name. */
export const ssdbCommands: ReadonlyMap<string, Command> = new Map(
  [kvCommands, hashCommands, zsetCommands, queueCommands, serverCommands].flatMap((group) => Object.entries(group)),
);

const NO_AUTH: Reply = ['noauth', 'authentication required.'];
const OUT_OF_RANGE: Reply = ['out_of_range'];
const LOCAL_ONLY = /^(add|del)_(allow|deny)_ip$/;

/** An SSDB 1.9.8 server without sockets. */
export class SsdbServer implements Service {
  readonly #settings: SsdbSettings;
  readonly #state: SharedState;
  readonly #peers = new Set<Peer>();

  constructor(clock: Clock, settings: SsdbSettings = {}) {
    this.#settings = settings;
    const db = new Database();
    this.#state = {
      db,
      clock,
      expiry: new Expiry(db, clock),
      filter: new IpFilter(),
      passwords: settings.passwords ?? [],
      calls: new Map([...ssdbCommands.keys()].map((name) => [name, 0])),
      server: { kvRange: { start: '', end: '' }, master: undefined, links: 0 },
    };
  }

  accept(peer: Peer): Session {
    const session = new Conversation<SsdbRequest>(peer, (line) => new SsdbLine(this, this.#state, line));
    this.#peers.add(peer);
    this.#state.server.links = this.#peers.size;
    if (!this.#state.filter.passes(peer.host)) session.end();
    return session;
  }

  /** A connection is gone. */
  forget(peer: Peer): void {
    this.#peers.delete(peer);
    this.#state.server.links = this.#peers.size;
  }

  close(): void {
    for (const peer of this.#peers) peer.destroy();
  }

  /** Runs one command; the checks come in the server's order. */
  run(context: Context, blocks: readonly string[], peer: Peer): Reply {
    const [name = '', ...args] = blocks;
    this.#state.expiry.collect();
    if (!context.authenticated && name !== 'auth') return NO_AUTH;
    const command = ssdbCommands.get(name);
    if (command === undefined) return ['client_error', `Unknown Command: ${name}`];
    if (command.write && this.#settings.readonly === true) return ['client_error', `Forbidden Command: ${name}`];
    if (LOCAL_ONLY.test(name) && !isLocal(peer.host)) return NO_AUTH;
    if (args.length < command.min) return WRONG_COUNT;
    if (command.ranged === true && !inRange(context, args[0] as string)) return OUT_OF_RANGE;
    this.#state.calls.set(name, (this.#state.calls.get(name) ?? 0) + 1);
    try {
      return command.run(context, args);
    } catch (error) {
      if (error instanceof StorageError) return error.message === '' ? ['error'] : ['error', error.message];
      throw error;
    }
  }
}

function inRange(context: Context, key: string): boolean {
  const { start, end } = context.server.kvRange;
  return context.ignoresKeyRange || ((start === '' || key > start) && (end === '' || key <= end));
}

function isLocal(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}

/** One connection. */
class SsdbLine implements Dialogue<SsdbRequest> {
  readonly #server: SsdbServer;
  readonly #line: Conversation<SsdbRequest>;
  readonly #reader = new RequestReader();
  readonly #context: Context;
  #redis = false;
  #streaming = false;
  #startStream: Parameters<Context['stream']>[0] | undefined;
  #stopStream: (() => void) | undefined;

  constructor(server: SsdbServer, state: SharedState, line: Conversation<SsdbRequest>) {
    this.#server = server;
    this.#line = line;
    this.#context = {
      ...state,
      authenticated: state.passwords.length === 0,
      ignoresKeyRange: false,
      stream: (start: Parameters<Context['stream']>[0]) => {
        this.#startStream = start;
      },
    };
  }

  /** Once packets are streamed, whatever the client sends ends the connection. */
  decode(input: InputBuffer): SsdbRequest | undefined {
    if (this.#streaming && input.length > 0) throw new Disconnect('the line is used for a stream');
    return this.#reader.read(input);
  }

  answer({ blocks, redis }: SsdbRequest): void {
    this.#redis ||= redis;
    const reply = this.#server.run(this.#context, redis ? translate(blocks) : blocks, this.#line.peer);
    if (reply.length > 0) this.#line.send(this.#redis ? redisReply(reply, blocks) : encode(reply));
    const start = this.#startStream;
    if (start === undefined) return;
    this.#streaming = true;
    const line = this.#line;
    this.#stopStream = start({
      send: (packet) => line.send(encode(packet)),
      tell: (packet) => line.tell(encode(packet)),
    });
  }

  closed(): void {
    this.#stopStream?.();
    this.#server.forget(this.#line.peer);
  }
}

/** Blocks of `count LF data LF`, then an empty line. */
function encode(reply: Reply): string {
  let bytes = '';
  for (const block of reply) bytes += `${block.length}\n${block}\n`;
  return `${bytes}\n`;
}
