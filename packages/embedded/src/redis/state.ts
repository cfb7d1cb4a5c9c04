import type { Clock, Timer } from '../clock.ts';
import { queueMicrotask } from '../timers.ts';
import type { Client } from './client.ts';
import type { ClusterNode } from './cluster/node.ts';
import { KeyEvents } from './key-events.ts';
import { Keyspace } from './keyspace.ts';
import { PubSub } from './pubsub.ts';
import { Scripts } from './scripting/scripts.ts';

const DATABASES = 16;

/** What is done with the words of a client. */
type Handle = (client: Client, words: readonly string[]) => void;

/** Runs a command of a script and returns its reply. @throws ScriptError when scripts may not run it */
type RunInScript = (client: Client, words: readonly string[], readOnly: boolean) => string;

/** How a server deals with requests. */
export interface Handlers {
  readonly run: Handle;
  readonly runInScript: RunInScript;
  readonly dispatch: Handle;
}

/** What all connections of a server share. */
export class RedisState {
  readonly clock: Clock;
  readonly startedAt: number;
  readonly clients: Map<number, Client> = new Map<number, Client>();
  readonly pubsub: PubSub = new PubSub();
  readonly config: Map<string, string>;
  readonly events: KeyEvents = new KeyEvents(this.pubsub);
  readonly databases: Keyspace[];
  /** Runs one command of a client and sends its reply. */
  readonly run: Handle;
  readonly runInScript: RunInScript;
  readonly scripts: Scripts = new Scripts();
  /** Takes a request that was held back, as if it came now. */
  readonly #dispatch: Handle;
  /** Clients that want to see every command. */
  readonly monitors: Set<Client> = new Set<Client>();
  /** The node of a cluster that this server is. */
  readonly cluster: ClusterNode | undefined;
  commandsRun = 0;
  connectionsSeen = 0;
  /** Clients that wait, the longest waiting first. */
  #waiters: Client[] = [];
  readonly #watchers = new Set<Client>();
  #ready: [db: number, key: string][] = [];
  #expiry: { readonly due: number; readonly timer: Timer } | undefined;
  #pause: { readonly timer: Timer; readonly writesOnly: boolean } | undefined;

  constructor(clock: Clock, config: Map<string, string>, handlers: Handlers, cluster?: ClusterNode) {
    this.cluster = cluster;
    if (cluster !== undefined) cluster.state = this;
    this.clock = clock;
    this.startedAt = clock.now();
    this.config = config;
    this.run = handlers.run;
    this.runInScript = handlers.runInScript;
    this.#dispatch = handlers.dispatch;
    const changed = (space: Keyspace, key: string): void => this.#changed(this.databases.indexOf(space), key);
    const notify: ConstructorParameters<typeof Keyspace>[2] = (space, kind, event, key) => {
      if (this.events.wants(kind)) this.events.notify(this.databases.indexOf(space), kind, event, key);
    };
    this.databases = Array.from({ length: DATABASES }, () => new Keyspace(clock, changed, notify));
  }

  database(index: number): Keyspace {
    return this.databases[index] as Keyspace;
  }

  /** Two databases change places; who watches or waits for a key by number sees the other one. */
  swap(a: number, b: number): void {
    const [first, second] = [this.database(a), this.database(b)];
    const keys = new Set([...first.keys(), ...second.keys()]);
    this.databases[a] = second;
    this.databases[b] = first;
    for (const key of keys) {
      this.#changed(a, key);
      this.#changed(b, key);
    }
  }

  watch(client: Client, key: string): void {
    const keys = client.watched.get(client.db) ?? new Set<string>();
    client.watched.set(client.db, keys.add(key));
    this.#watchers.add(client);
  }

  unwatch(client: Client): void {
    client.watched.clear();
    client.conflicted = false;
    this.#watchers.delete(client);
  }

  get waitingClients(): readonly Client[] {
    return this.#waiters;
  }

  /** The client has begun to wait. */
  wait(client: Client): void {
    this.#waiters.push(client);
    client.line.hold();
  }

  /** The client goes on: with a reply, and with the requests it sent meanwhile. */
  wake(client: Client, reply: string): void {
    this.#stopWaiting(client);
    client.reply(reply);
    queueMicrotask(() => client.line.release());
  }

  /** Lets those who wait for a key look at it, though it has not changed. */
  signal(space: Keyspace, key: string): void {
    if (this.#waiters.length > 0) this.#ready.push([this.databases.indexOf(space), key]);
  }

  /** Gives what has arrived to those who wait for it, first come, first served. */
  serveWaiting(): void {
    while (this.#ready.length > 0) {
      const ready = this.#ready;
      this.#ready = [];
      for (const [db, key] of ready) this.#serve(db, key);
    }
  }

  /** Who listens for keys that expire hears of them when they do, not with the next command. */
  watchExpiry(): void {
    const isWanted = this.clients.size > 0 && this.events.wants('x');
    if (!isWanted && this.#expiry === undefined) return;
    const due = isWanted ? this.#nextDeadline() : Number.POSITIVE_INFINITY;
    if (due === this.#expiry?.due) return;
    this.#expiry?.timer.cancel();
    this.#expiry = due === Number.POSITIVE_INFINITY ? undefined : { due, timer: this.#expireAt(due) };
  }

  #nextDeadline(): number {
    return Math.min(...this.databases.map(({ nextDeadline }) => nextDeadline ?? Number.POSITIVE_INFINITY));
  }

  #expireAt(due: number): Timer {
    return this.clock.after(Math.max(0, due - this.clock.now()), () => {
      this.#expiry = undefined;
      for (const database of this.databases) database.collect();
      this.serveWaiting();
      this.watchExpiry();
    });
  }

  /** A client is gone. */
  forget(client: Client): void {
    this.#stopWaiting(client);
    this.unwatch(client);
    this.pubsub.forget(client);
    this.monitors.delete(client);
    this.clients.delete(client.id);
    this.watchExpiry();
  }

  /** Holds back commands, all or those that write, for so many milliseconds. */
  pause(ms: number, writesOnly: boolean): void {
    this.#pause?.timer.cancel();
    this.#pause = { writesOnly, timer: this.clock.after(ms, () => this.unpause()) };
  }

  unpause(): void {
    this.#pause?.timer.cancel();
    this.#pause = undefined;
    for (const client of this.clients.values()) this.resume(client);
  }

  /** What is held back now. */
  get paused(): 'all' | 'writes' | undefined {
    if (this.#pause === undefined) return undefined;
    return this.#pause.writesOnly ? 'writes' : 'all';
  }

  /** Takes the command that was held back, if there is one and the client is still there. */
  resume(client: Client): void {
    const words = client.postponed;
    if (words === undefined || !this.clients.has(client.id)) return;
    client.postponed = undefined;
    this.#dispatch(client, words);
    queueMicrotask(() => {
      // It may have begun to wait, or been put off again: then the connection stays held.
      if (client.waiting === undefined && client.postponed === undefined) client.line.release();
    });
  }

  #stopWaiting(client: Client): void {
    client.waiting?.timer?.cancel();
    client.waiting = undefined;
    this.#waiters = this.#waiters.filter((other) => other !== client);
  }

  #serve(db: number, key: string): void {
    const candidates = this.#waiters.filter(({ waiting }) => waiting?.db === db && waiting.keys.includes(key));
    for (const client of candidates) {
      const reply = client.waiting?.attempt(key);
      if (reply !== undefined) this.wake(client, reply);
    }
  }

  #changed(db: number, key: string): void {
    if (this.#waiters.length > 0) this.#ready.push([db, key]);
    for (const client of this.#watchers) {
      if (client.watched.get(db)?.has(key) === true) client.conflicted = true;
    }
  }
}
