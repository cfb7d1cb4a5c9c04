import {
  type Arg,
  ArgumentError,
  asKvError,
  type CallOptions,
  type Client,
  Command,
  type Connection,
  Flag,
  isKvError,
  type KvError,
  type Lease,
  type StateChange,
  spec,
} from '@kv/core';
import { type Many, many } from '../commands/support/arguments.ts';
import { boundedWait, type Waiting } from '../commands/support/bounded-wait.ts';
import { asIs, text } from '../commands/support/replies.ts';
import type { RedisWire } from '../protocol/protocol.ts';
import { type Message, type SubscribeOptions, Subscription } from './subscription.ts';

/** What is subscribed to: channels, patterns or channels of a slot. */
export type Kind = 'channel' | 'pattern' | 'shard';

const COMMANDS = {
  channel: [spec('SUBSCRIBE', Flag.subscription), spec('UNSUBSCRIBE', Flag.subscription)],
  pattern: [spec('PSUBSCRIBE', Flag.subscription), spec('PUNSUBSCRIBE', Flag.subscription)],
  shard: [spec('SSUBSCRIBE', Flag.subscription), spec('SUNSUBSCRIBE', Flag.subscription)],
} as const;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of each kind of push that carries a message: what was subscribed to, and where the channel stands. */
const MESSAGES: Readonly<Record<string, readonly [kind: Kind, channelAt: number]>> = {
  message: ['channel', 1],
  pmessage: ['pattern', 2],
  smessage: ['shard', 1],
};

/** Somebody who reads one or more names. */
interface Reader {
  readonly bytes: boolean;
  readonly subscription: Subscription<unknown>;
}

/** One name that is subscribed to, for as long as it has readers. */
interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly readers: Set<Reader>;
  /** Resolves with the server's confirmation. */
  confirmed: Promise<unknown>;
}

/**
 * The subscriptions of a client on one line. What is wanted is kept here; whatever connection is the line gets it
 * told, so a new connection is subscribed before anybody else uses it.
 *
 * ```text
 *   subscribe ─► wanted: name → readers ─► SUBSCRIBE on the line (the first reader of a name)
 *   close     ─► wanted                 ─► UNSUBSCRIBE           (the last reader of a name)
 *   line lost ─► new line: SUBSCRIBE of all that is wanted, then `gap` to every reader
 * ```
 * The line is the shared connection in RESP3, and a connection of its own in RESP2 (where a subscribing connection can
 * do nothing else) and for readers that may hold the server back.
 */
export class Subscriber {
  readonly #client: Client;
  readonly #own: boolean;
  readonly #wanted = new Map<string, Entry>();
  #line: Connection | undefined;
  #lease: Lease | undefined;
  #opening: Promise<void> | undefined;
  #makingLine = new AbortController();
  #returning = false;
  #holding = false;

  /** @param own whether the line is always a connection of its own */
  constructor(client: Client, own: boolean) {
    this.#client = client;
    this.#own = own;
  }

  readonly #onState = ({ to }: StateChange): void => {
    if (to === 'closing') this.#close();
  };

  /** Subscribes. Resolves when the server has confirmed every name. */
  async subscribe<V>(kind: Kind, names: Many, options: SubscribeOptions, call: CallOptions): Promise<Subscription<V>> {
    const list = many([names], kind === 'pattern' ? 'patterns' : 'channels').map(nameOf);
    const reader: Reader = {
      bytes: call.bytes === true,
      subscription: new Subscription<unknown>(
        {
          pause: () => this.#line?.pause(),
          resume: () => this.#line?.resume(),
          leave: () => this.#leave(kind, list, reader),
        },
        options,
      ),
    };
    try {
      const { timeout = this.#client.defaults.timeout, signal } = call;
      await boundedWait(this.#join(kind, list, reader), { timeout, signal }, this.#waitingFor(kind));
    } catch (error) {
      void reader.subscription.close();
      throw error;
    }
    return reader.subscription as Subscription<V>;
  }

  /** Tells a new shared connection what is wanted. Part of its handshake, before commands of users. */
  async onReady(connection: Connection): Promise<void> {
    if (this.#own || this.#lease !== undefined || this.#wanted.size === 0) return;
    if ((connection.wire as RedisWire).resp !== 3) return;
    await this.#take(connection);
  }

  /** Takes what a line sends without being asked. */
  receive(raw: unknown): void {
    if (!Array.isArray(raw)) return;
    const push = text(raw[0]);
    if (push === 'sunsubscribe') return this.#slotLeft(text(raw[1]));
    const [kind, channelAt] = MESSAGES[push] ?? [];
    if (kind === undefined || channelAt === undefined) return;
    const name = text(raw[1]);
    const channel = text(raw[channelAt]);
    for (const { bytes, subscription } of this.#wanted.get(keyOf(kind, name))?.readers ?? []) {
      const message = bytes ? raw[channelAt + 1] : textOf(raw[channelAt + 1]);
      subscription.deliver(
        kind === 'pattern' ? { channel, pattern: name, message } : ({ channel, message } as Message<unknown>),
      );
    }
  }

  #waitingFor(kind: Kind): Waiting {
    const details = (): ReturnType<Waiting['details']> => {
      const [endpoint] = this.#client.endpoints;
      const cause = endpoint?.shared.lastError ?? endpoint?.streams.lastError;
      return { outcome: this.#line === undefined ? 'notSent' : 'unknown', cause };
    };
    return { command: COMMANDS[kind][0].name, details };
  }

  /** A line that is lost before it has confirmed is followed by the next. */
  async #join(kind: Kind, names: readonly string[], reader: Reader): Promise<void> {
    const entries = names.map((name) => this.#entry(kind, name));
    const added = entries.filter(({ readers }) => !readers.has(reader) && readers.add(reader).size === 1);
    this.#hold();
    if (this.#line !== undefined) {
      if (reader.bytes) (this.#line.wire as RedisWire).pushBytes = true;
      this.#ask(this.#line, added);
    }
    for (;;) {
      try {
        if (this.#line === undefined) await this.#open();
        await Promise.all(entries.map(({ confirmed }) => confirmed));
        return;
      } catch (error) {
        // Refused while the line was made, which nobody else wants: the refusal is the reason.
        if (hasCode(error, 'ABORTED')) await Promise.all(entries.map(({ confirmed }) => confirmed));
        if (!mayPass(error) || !entries.some(({ readers }) => readers.has(reader))) throw error;
      }
    }
  }

  #entry(kind: Kind, name: string): Entry {
    const key = keyOf(kind, name);
    let entry = this.#wanted.get(key);
    if (entry === undefined) {
      entry = { kind, name, readers: new Set(), confirmed: Promise.resolve() };
      this.#wanted.set(key, entry);
    }
    return entry;
  }

  /** The last reader of a name unsubscribes it. */
  async #leave(kind: Kind, names: readonly string[], reader: Reader): Promise<void> {
    const left: string[] = [];
    for (const name of names) {
      const entry = this.#wanted.get(keyOf(kind, name));
      if (entry === undefined || !entry.readers.delete(reader) || entry.readers.size > 0) continue;
      this.#wanted.delete(keyOf(kind, name));
      left.push(name);
    }
    const line = this.#line;
    this.#restIfUnwanted();
    if (line !== undefined) {
      await Promise.allSettled(
        perCommand(kind, left).map((some) => line.sendInternal(new Command(COMMANDS[kind][1], some, asIs))),
      );
    }
    if (this.#wanted.size === 0) this.#endOwnLine();
  }

  /** The server will not have it: its readers end, whatever else they read. */
  #drop(entry: Entry, error: KvError): void {
    this.#wanted.delete(keyOf(entry.kind, entry.name));
    for (const { subscription } of entry.readers) {
      subscription.end(error);
      void subscription.close(); // leaves its other names
    }
  }

  /** Nobody reads: no line is made, and the process may end. */
  #restIfUnwanted(): void {
    if (this.#wanted.size > 0) return;
    this.#makingLine.abort();
    this.#unhold();
  }

  /** Makes a line. All that is wanted is subscribed on it. Takes as long as it takes, while anything is wanted. */
  #open(): Promise<void> {
    if (this.#opening !== undefined) return this.#opening;
    this.#makingLine = new AbortController();
    this.#opening = this.#openLine(this.#makingLine.signal).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openLine(signal: AbortSignal): Promise<void> {
    const call = { timeout: 0, signal };
    if (!this.#own) {
      await this.#client.sendInternal(this.#client.setup.protocol.ping as Command<unknown>, call);
      const shared = this.#client.endpoints[0]?.shared.ready[0];
      if (shared !== undefined && (shared.wire as RedisWire).resp === 3) {
        return this.#line === shared ? undefined : this.#take(shared);
      }
    }
    const lease = await this.#client.acquireInternal(call, 'streams');
    if (signal.aborted) return lease.destroy();
    this.#lease = lease;
    lease.connection.onPush = (raw) => this.receive(raw);
    await this.#take(lease.connection);
  }

  /** Makes a connection the line. */
  async #take(connection: Connection): Promise<void> {
    this.#line = connection;
    connection.onClosed = () => this.#lost(connection);
    const entries = [...this.#wanted.values()];
    (connection.wire as RedisWire).pushBytes = entries.some(({ readers }) => [...readers].some(({ bytes }) => bytes));
    this.#ask(connection, entries);
    const ends = await Promise.allSettled(entries.map(({ confirmed }) => confirmed));
    const lost = ends.find((end) => end.status === 'rejected' && !hasCode(end.reason, 'REPLY'));
    if (lost?.status === 'rejected') throw lost.reason;
  }

  #ask(line: Connection, entries: readonly Entry[]): void {
    const told = this.#tell(line, entries);
    for (const entry of entries) entry.confirmed = told.catch((error) => this.#askAlone(line, entry, error));
  }

  /** One refused name has spoiled all of them: each on its own, so that only its readers hear of it. */
  async #askAlone(line: Connection, entry: Entry, error: unknown): Promise<void> {
    if (!hasCode(error, 'REPLY') || !this.#isWanted(entry)) throw error;
    try {
      await this.#tell(line, [entry]);
    } catch (refused) {
      if (hasCode(refused, 'REPLY') && this.#isWanted(entry)) this.#drop(entry, asKvError(refused));
      throw refused;
    }
  }

  #isWanted(entry: Entry): boolean {
    return this.#wanted.get(keyOf(entry.kind, entry.name)) === entry;
  }

  /** Without a deadline: how long to wait is for each caller to say, and a line that is dead is found to be. */
  async #tell(line: Connection, entries: readonly Entry[]): Promise<void> {
    const sent = (['channel', 'pattern', 'shard'] as const).flatMap((kind) => {
      const names = entries.filter((entry) => entry.kind === kind).map(({ name }) => name);
      return perCommand(kind, names).map((some) =>
        line.sendInternal(new Command(COMMANDS[kind][0], some, asIs), { timeout: 0 }),
      );
    });
    await Promise.all(sent);
  }

  /** Messages are missed from now on, until a new line has confirmed. */
  #lost(connection: Connection): void {
    if (this.#line !== connection) return;
    this.#line = undefined;
    this.#lease = undefined;
    if (!this.#returning) void this.#comeBack();
  }

  /** Makes lines until one has confirmed everything; what the server refuses for good ends the subscriptions. */
  async #comeBack(): Promise<void> {
    this.#returning = true;
    while (this.#line === undefined && this.#wanted.size > 0) {
      try {
        await this.#open();
        this.#gap();
      } catch (error) {
        if (!mayPass(error)) this.#fail(asKvError(error));
      }
    }
    this.#returning = false;
  }

  #fail(error: KvError): void {
    for (const entry of [...this.#wanted.values()]) this.#drop(entry, error);
  }

  /** The server has ended a subscription because the slot of its channel went elsewhere: it is asked once more. */
  #slotLeft(name: string): void {
    const entry = this.#wanted.get(keyOf('shard', name));
    if (entry === undefined || this.#line === undefined) return;
    this.#tell(this.#line, [entry]).then(
      () => {
        for (const { subscription } of entry.readers) subscription.gap({ reason: 'reconnect' });
      },
      (error) => {
        if (hasCode(error, 'REPLY') && this.#isWanted(entry)) this.#drop(entry, asKvError(error));
      },
    );
  }

  #gap(): void {
    for (const reader of this.#readers()) reader.subscription.gap({ reason: 'reconnect' });
  }

  #readers(): Set<Reader> {
    return new Set([...this.#wanted.values()].flatMap(({ readers }) => [...readers]));
  }

  #endOwnLine(): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    this.#lease = undefined;
    this.#line = undefined;
    lease.destroy();
  }

  #close(): void {
    for (const { subscription } of this.#readers()) subscription.end();
    this.#wanted.clear();
    this.#unhold(); // the line, and one that is being made, end with the client
  }

  /** Somebody reads: the process stays alive although no request is under way, and hears when the client closes. */
  #hold(): void {
    if (this.#holding) return;
    this.#holding = true;
    this.#client.tracker.hold();
    this.#client.on('state', this.#onState);
  }

  #unhold(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#client.tracker.unhold();
    this.#client.off('state', this.#onState);
  }
}

/** Messages are given out by the text of their channel, so a name that is not text would hear nothing. */
function nameOf(name: Arg): string {
  try {
    return typeof name === 'string' ? name : decoder.decode(name);
  } catch {
    throw new ArgumentError('channels: expected text, or bytes that are UTF-8');
  }
}

/** Channels of different slots cannot share a command. */
function perCommand(kind: Kind, names: readonly string[]): readonly (readonly string[])[] {
  if (kind === 'shard') return names.map((name) => [name]);
  return names.length === 0 ? [] : [names];
}

/** A connection that was lost may be followed by a better one, and who gave up may want it again; a refusal stays. */
function mayPass(error: unknown): boolean {
  if (hasCode(error, 'ABORTED')) return true;
  return hasCode(error, 'CONNECTION') && !hasCode((error as KvError).cause, 'REPLY');
}

function hasCode(error: unknown, code: KvError['code']): boolean {
  return isKvError(error) && error.code === code;
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

/** Payloads are text or bytes; keyspace tracking through RESP2 may send an array or null, which stay as they are. */
function textOf(raw: unknown): unknown {
  return raw instanceof Uint8Array ? text(raw) : raw;
}
