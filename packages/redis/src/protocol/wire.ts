import {
  type AnyCommand,
  Command,
  type ConnectionError,
  type Executor,
  Flag,
  ProtocolError,
  type ReplySink,
  read,
  stateful,
  type Wire,
  wallNow,
  write,
} from '@kv/core';
import { Decoder, type DecoderSink, ErrorReply, type Limits, type Reply } from '@kv/resp-parser';
import { text } from '../commands/support/replies.ts';
import { redirectOf } from '../topology/redirects.ts';
import { answersLeaving, Confirmations, isConfirmation } from './confirmations.ts';
import { hasPrefix, type ReplyError, replyError } from './errors.ts';
import { handshake, type LoggedIn, type Login } from './handshake.ts';
import type { KeptReplies } from './kept-replies.ts';
import type { ServerRole, ToldRole } from './role.ts';
import { isQueued, UnitState } from './unit-state.ts';

const PING = read('PING', null);
const RESET = stateful('RESET');
const UNBLOCK = write('CLIENT UNBLOCK', null);
const CLIENT_LIST = read('CLIENT LIST', null);

/** Refusals that are about the server and not about the command: nothing was run. */
const NOT_SERVING = ['READONLY', 'LOADING', 'MASTERDOWN'] as const;

/** Behind MOVED and ASK, where nothing follows them. */
const CLUSTER_HINT = ' (the server belongs to a cluster: an address that begins with redis+cluster: follows its slots)';

/** A connection is fresh for so long, ms: it is not left at once, or there would be no end to it. */
const FRESH = 1000;

/** What changes the state of the connection, or tells of it. */
const CHANGES = Flag.stateful | Flag.unit;

/** Commands whose replies mean something to the connection, too. */
const WATCHED_REPLIES = CHANGES | Flag.kept | Flag.subscription | Flag.stream;

/** In RESP2 these arrive as plain arrays, on connections that do nothing but subscribe. */
const MESSAGES = new Set(['message', 'subscribe', 'unsubscribe'].flatMap((kind) => [kind, `p${kind}`, `s${kind}`]));

/** What a connection does when its server is not what it was: see the options of the protocol. */
export interface ServerRules {
  readonly redirects: boolean;
  readonly role: ServerRole | undefined;
}

/** One connection's half of the conversation: what is a reply, what an error, what a push. */
export class RedisWire implements Wire, DecoderSink, LoggedIn {
  /** Set by the handshake: 2 or 3. */
  resp: 2 | 3 = 2;
  /** Set by the handshake. */
  clientId: number | bigint | undefined;
  /** Availability zone of the server, where HELLO tells it. */
  zone: string | undefined;
  /** Set by the handshake: what the server said that it is, where HELLO tells it. */
  role: string | undefined;
  /** Set by the handshake: what a server says in ROLE that is to be a replica. */
  told: ToldRole | undefined;
  /** Set by the handshake: see {@link Login.version}. */
  loginVersion: number | undefined;
  /** The database that is selected. */
  db = 0;
  /** Whether pushed strings are wanted as bytes. */
  pushBytes = false;
  /** WATCH without its end. */
  #watching = false;
  /** State was changed in a way that only RESET undoes. */
  #tainted = false;
  readonly #unit = new UnitState();
  readonly #sink: ReplySink;
  readonly #servers: ServerRules;
  readonly #login: Login;
  readonly #decoder: Decoder;
  /** Called for each name that a subscribing command is confirmed for, with its position; also of a command to leave. */
  onConfirmation: ((command: AnyCommand, index: number) => void) | undefined;
  readonly #confirmations = new Confirmations();
  /** Where replies go that are kept beside being given to their callers. */
  kept: KeptReplies | undefined;
  /** When it was ready. */
  #since = Number.POSITIVE_INFINITY;

  constructor(sink: ReplySink, login: Login, limits: Limits | undefined, servers: ServerRules) {
    this.#sink = sink;
    this.#servers = servers;
    this.#login = login;
    this.#decoder = new Decoder(this, limits);
  }

  get wantedRole(): ServerRole | undefined {
    return this.#servers.role;
  }

  get dirty(): boolean {
    const { db, version } = this.#login;
    return this.#watching || this.#tainted || this.db !== db || this.loginVersion !== version;
  }

  decode(bytes: Uint8Array): void {
    this.#decoder.write(bytes);
  }

  room(): Uint8Array | undefined {
    return this.#decoder.room();
  }

  filled(length: number): void {
    this.#decoder.filled(length);
  }

  async handshake(send: Executor['send']): Promise<void> {
    await handshake(this, this.#login, send);
    this.#tainted = false; // also by what the user has put into the handshake
    this.#since = wallNow();
  }

  async clean(send: Executor['send']): Promise<void> {
    await send(new Command(RESET, [], text));
    await this.handshake(send);
  }

  async cancel(sendOnControl: Executor['send']): Promise<boolean> {
    if (this.clientId === undefined) return false;
    return sendOnControl(new Command(UNBLOCK, [String(this.clientId), 'ERROR'], (raw) => raw === 1));
  }

  /**
   * A connection that is blocked or monitors is silent for good reasons: whether the server still serves it is seen in
   * its list of clients. One that should be blocked and is not has been answered, or is not known any more.
   *
   * @see https://redis.io/commands/client-list/
   */
  async isAlive(sendOnControl: Executor['send']): Promise<boolean> {
    if (this.clientId === undefined) return sendOnControl(new Command(PING, [], () => true));
    const list = await sendOnControl(new Command(CLIENT_LIST, ['ID', String(this.clientId)], text));
    const [, flags] = /.* flags=(\S*)/s.exec(list) ?? []; // the last one: an address or a name may hold the same word
    if (flags === undefined) return false;
    const blocked = ((this.#sink.head()?.command.flags ?? 0) & Flag.blocking) !== 0;
    return !blocked || flags.includes('b');
  }

  /** Of the decoder: see {@link DecoderSink}. */
  bytes(push: boolean): boolean {
    return push ? this.pushBytes : this.#wantsBytes();
  }

  /** Of the decoder: see {@link DecoderSink}. */
  flat(): boolean {
    return wantsLists(this.#sink.head()?.command.flags ?? 0);
  }

  #wantsBytes(): boolean {
    const head = this.#sink.head();
    if (head === undefined) return this.resp === 2 && this.pushBytes;
    return head.bytes || (this.resp === 2 && this.pushBytes && mayMeetMessages(head.command));
  }

  /** Of the decoder: see {@link DecoderSink}. */
  reply(value: Reply): void {
    const command = this.#sink.head()?.command;
    if (this.#isPlain(value, command)) this.#sink.reply(value);
    else this.#answered(value, command);
  }

  /** Whether it answers its command and tells the connection nothing, as nearly all replies. */
  #isPlain(value: Reply, command: AnyCommand | undefined): boolean {
    if (command === undefined || (command.flags & WATCHED_REPLIES) !== 0 || this.#watching) return false;
    return typeof value !== 'object' || !(value instanceof ErrorReply || (this.resp === 2 && Array.isArray(value)));
  }

  #answered(value: Reply, command: AnyCommand | undefined): void {
    const flags = command?.flags ?? 0;
    if (command !== undefined && (flags & Flag.kept) !== 0 && this.kept?.takes(command, value)) return;
    if (typeof value === 'object' && value instanceof ErrorReply)
      return this.#failed(replyError(value, command), command);
    if (this.resp === 2 && Array.isArray(value) && isMessage(value, command)) return this.push(value);
    if (command === undefined) return this.#sink.reply(value);
    if ((flags & Flag.subscription) !== 0) return this.#notConfirmed(command, value);
    if ((flags & Flag.stream) !== 0) return this.#sink.push(value);
    if ((flags & CHANGES) !== 0 || this.#watching) return this.#stateAnswered(command, value);
    this.#sink.reply(value);
  }

  /**
   * A server that became a replica, or has no data yet, is left for the server that has its name by now, and for the time when it
   * is ready. One that says so on a new connection is meant to be a replica.
   */
  #refused(error: ReplyError, command: AnyCommand | undefined): void {
    if (hasPrefix(error, ...NOT_SERVING) && this.#isLeft) this.#sink.drain(error);
    const doubt = this.#unitDoubt(command, error);
    const redirect = redirectOf(error.message);
    if (!this.#servers.redirects && ((command?.flags ?? 0) & Flag.opaque) === 0 && redirect?.address !== undefined)
      error.message += CLUSTER_HINT;
    this.#sink.fail(error, this.#servers.redirects ? redirect : undefined);
    if (doubt !== undefined) throw doubt;
  }

  /** Whether the connection gets nothing new when its server says that it does not serve. */
  get #isLeft(): boolean {
    const { redirects, role } = this.#servers;
    return role === 'primary' || (!redirects && wallNow() - this.#since > FRESH);
  }

  #stateAnswered(command: AnyCommand, value: Reply): void {
    this.#stateChanged(command, value);
    const doubt = this.#unitDoubt(command, value);
    this.#sink.reply(value);
    if (doubt !== undefined) throw doubt;
  }

  #unitDoubt(command: AnyCommand | undefined, answer: unknown): ConnectionError | undefined {
    if (command === undefined || (command.flags & Flag.unit) === 0) return undefined;
    return this.#unit.answered(command.spec.name, answer);
  }

  #failed(error: ReplyError, command: AnyCommand | undefined): void {
    if (command === undefined || (command.flags & Flag.subscription) === 0) return this.#refused(error, command);
    if (!this.#confirmations.isLeft) {
      this.#confirmations.reset();
      return this.#refused(error, command);
    }
    this.#left();
    if (!answersLeaving(error)) this.#refused(error, this.#sink.head()?.command);
  }

  /** A reply that is no confirmation: it belongs to the command behind a SUNSUBSCRIBE, or it is unknown to what. */
  #notConfirmed(command: AnyCommand, value: Reply): void {
    if (!this.#confirmations.isLeft)
      throw new ProtocolError(`${command.spec.name}: received a reply that confirms nothing`);
    this.#left();
    this.reply(value);
  }

  #left(): void {
    this.#confirmations.reset();
    this.#sink.reply(null);
  }

  /** Of the decoder: see {@link DecoderSink}. */
  push(items: Reply[]): void {
    const command = this.#sink.head()?.command;
    if (command === undefined || !isConfirmation(items, command)) return this.#sink.push(items);
    if (this.#confirmations.isLeft) return;
    this.onConfirmation?.(command, this.#confirmations.count);
    if (!this.#confirmations.add(command)) return;
    this.#confirmations.reset();
    this.#sink.reply(null);
  }

  /** Between MULTI and EXEC a change is only queued, and it is not yet known whether it will happen. */
  #stateChanged({ spec: { name }, args, flags }: AnyCommand, reply: Reply): void {
    if ((flags & Flag.stateful) !== 0 && isQueued(reply)) this.#tainted = true;
    else if (name === 'WATCH') this.#watching = true;
    else if (name === 'EXEC' || name === 'UNWATCH' || name === 'DISCARD') this.#watching = false;
    else if (name === 'SELECT') this.db = Number(text(args[0]));
    else if (name === 'RESET') this.#wasReset();
    else if ((flags & (Flag.stateful | Flag.blocking)) === Flag.stateful) this.#tainted = true; // WAIT and WAITAOF only wait
  }

  /** It is logged out, too, and has lost its name: only `clean` makes it fit for the next user. */
  #wasReset(): void {
    this.#watching = false;
    this.#tainted = true;
    this.db = 0;
    this.resp = 2;
  }
}

/** What is kept is given to several calls, some of which want it as it is. */
function wantsLists(flags: number): boolean {
  return (flags & Flag.flat) !== 0 || (flags & (Flag.listed | Flag.kept)) === Flag.listed;
}

/** RESP2 has no pushes: on a subscribing connection an array of the right kind is one, unless a command awaits it. */
function isMessage(value: Reply[], command: AnyCommand | undefined): boolean {
  if (command !== undefined && !mayMeetMessages(command)) return false;
  const [kind] = value;
  return (typeof kind === 'string' || kind instanceof Uint8Array) && MESSAGES.has(text(kind));
}

/** What a subscribing connection of RESP2 may be asked. The reply to PING is an array there, too: of the kind `pong`. */
function mayMeetMessages({ spec, flags }: AnyCommand): boolean {
  return (flags & Flag.subscription) !== 0 || spec.name === 'PING';
}
