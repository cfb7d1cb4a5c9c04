import {
  type AnyCommand,
  answered,
  type Executor,
  type Output,
  type Protocol,
  ProtocolError,
  type ReplySink,
  type Window,
  type Wire,
} from '@kv/core';
import {
  appendCommand,
  type CommandName,
  Decoder,
  type Limits,
  opcodes,
  type Reply,
  type Sink,
} from '@kv/gibson-parser';
import { ping } from '../commands/server.ts';
import type { WireReply } from '../commands/support/replies.ts';
import { refusalOf } from './errors.ts';
import { checkLimits, type ServerLimits } from './limits.ts';
import { unknownCommand } from './raw.ts';

/** What the protocol needs to know about its server. */
export interface GibsonProtocolOptions {
  readonly window: Window;
  readonly serverLimits: ServerLimits;
  readonly replyLimits: Limits;
}

/** Gibson as core sees it: no handshake, one reply per request in order, nothing pushed. */
export class GibsonProtocol implements Protocol {
  readonly name = 'gibson';
  readonly ping: AnyCommand = ping();
  readonly window: Window;
  /** What commands are checked against. */
  readonly serverLimits: ServerLimits;
  readonly #replyLimits: Limits;

  constructor({ window, serverLimits, replyLimits }: GibsonProtocolOptions) {
    this.window = window;
    this.serverLimits = serverLimits;
    this.#replyLimits = replyLimits;
  }

  /** One frame in one piece. The limits are checked once more, for commands that came past the typed classes. */
  encode(command: AnyCommand, out: Output): void {
    const opcode = opcodes[command.spec.name as CommandName];
    if (opcode === undefined) throw unknownCommand(command.spec.name);
    checkLimits(command, this.serverLimits);
    appendCommand(out, opcode, command.args);
  }

  open(sink: ReplySink): Wire {
    return new GibsonWire(sink, this.#replyLimits);
  }
}

/** The replies of one connection. There is nothing to clean. */
class GibsonWire implements Wire, Sink {
  readonly dirty = false;
  readonly #sink: ReplySink;
  readonly #decoder: Decoder;

  constructor(sink: ReplySink, limits: Limits) {
    this.#sink = sink;
    this.#decoder = new Decoder(this, limits);
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

  /** The protocol has no handshake. A server with too many clients accepts a connection and never serves it. */
  handshake(send: Executor['send']): Promise<void> {
    return answered(send(ping()));
  }

  /**
   * The echo of SET is compared with what was sent, so it is wanted in the same form. SET is known by its name: the
   * command may come from another copy of this module (`@kv/gibson/commands` is built on its own).
   */
  bytes(): boolean {
    const head = this.#sink.head();
    if (head === undefined) return false;
    return head.command.spec.name === 'SET' ? typeof head.command.args[2] !== 'string' : head.bytes;
  }

  reply(reply: Reply): void {
    const head = this.#sink.head();
    if (head === undefined) throw new ProtocolError('Received a reply with no pending command');
    const { code, encoding, value, missing } = reply;
    const refusal = refusalOf(code);
    if (refusal !== undefined) this.#sink.fail(refusal);
    else this.#sink.reply({ code, encoding, value, missing, bytes: head.bytes } satisfies WireReply);
  }
}
