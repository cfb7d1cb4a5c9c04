/** SSDB for the engine: an ordered pipeline without a limit, one packet per reply. */
import {
  type AnyCommand,
  type Executor,
  Flag,
  type Output,
  type Protocol,
  type ReplySink,
  type RequestLimits,
  type Wire,
} from '@kv/core';
import { appendCommand, commandHead, Decoder, type Limits, type Reply } from '@kv/ssdb-parser';
import { ping } from '../commands/server.ts';
import { isSyncFrame } from '../streams/streams.ts';
import { replyError } from './errors.ts';
import { handshake, type Password } from './handshake.ts';

/** What the protocol needs of a user's options. */
export interface ProtocolSettings {
  readonly password?: Password | undefined;
  readonly limits?: Limits | undefined;
}

/** 128 MiB without the empty line at the end. A block is framed by its length in decimal and two line ends. */
const REQUEST_LIMITS: RequestLimits = {
  request: 128 * 1024 * 1024,
  framing: (bytes) => String(bytes).length + 2,
};

/** The protocol with a user's password and limits. */
export function ssdbProtocol({ password, limits }: ProtocolSettings = {}): Protocol {
  return {
    name: 'ssdb',
    window: { commands: Number.POSITIVE_INFINITY, refill: 'sliding', unbatchedReplies: true },
    requestLimits: REQUEST_LIMITS,
    ping: ping(),
    encode,
    open: (sink) => new SsdbWire(sink, password, limits),
  };
}

function encode({ spec, args }: AnyCommand, out: Output): void {
  let head = spec.heads[0];
  if (head === undefined) {
    head = commandHead(spec.name);
    spec.heads[0] = head;
  }
  appendCommand(out, head, args);
}

/** One connection's half of the conversation: what is a reply, what a refusal, what a frame of a stream. */
class SsdbWire implements Wire {
  /** Set by `ignore_key_range`, which nothing takes back: such a connection can only be replaced. */
  dirty = false;
  readonly #sink: ReplySink;
  readonly #password: Password | undefined;
  readonly #decoder: Decoder;

  constructor(sink: ReplySink, password: Password | undefined, limits: Limits | undefined) {
    this.#sink = sink;
    this.#password = password;
    this.#decoder = new Decoder({ bytes: () => this.#wantsBytes(), reply: (reply) => this.#reply(reply) }, limits);
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

  handshake(send: Executor['send']): Promise<void> {
    return handshake(send, this.#password);
  }

  /** Frames of streams hold the storage's own keys, which are never text. */
  #wantsBytes(): boolean {
    const head = this.#sink.head();
    return head !== undefined && (head.bytes || (head.command.flags & Flag.stream) !== 0);
  }

  #reply(reply: Reply): void {
    const flags = this.#sink.head()?.command.flags ?? 0;
    if ((flags & Flag.stream) !== 0 && this.#frame(reply)) return;
    const error = replyError(reply);
    if (error !== undefined) return this.#sink.fail(error);
    if ((flags & Flag.stateful) !== 0 && this.#sink.head()?.command.spec.name !== 'auth') this.dirty = true;
    this.#sink.reply(reply);
  }

  /** A packet of `dump` or `sync140`; false when it is none of theirs. */
  #frame(reply: Reply): boolean {
    const { status } = reply;
    if (status === 'end') this.#sink.reply(reply);
    else if (status === 'set' || isSyncFrame(status)) this.#sink.push(reply);
    else return status === 'begin';
    return true;
  }
}
