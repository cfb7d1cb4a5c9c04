import {
  type AnyCommand,
  type Arg,
  answered,
  Command,
  type Executor,
  type Output,
  type Protocol,
  ReplyError,
  type ReplySink,
  spec,
  type Window,
  type Wire,
} from '@kv/core';
import { ping } from './commands/keys.ts';
import { MemoDecoder, type MemoSink } from './decoder.ts';
import { wordArg } from './specs.ts';

const AUTH = spec('AUTH', 0);

/** Memo as core sees it: requests of words, and a value behind those of SET. */
export class MemoProtocol implements Protocol {
  readonly name = 'memo';
  readonly window: Window = { commands: Number.POSITIVE_INFINITY, refill: 'sliding' };
  readonly ping: AnyCommand = ping();
  readonly #login: AnyCommand | undefined;

  constructor(password: string | undefined) {
    if (password !== undefined) this.#login = new Command(AUTH, [wordArg(password, 'password')], () => undefined);
  }

  encode({ spec: { name }, args }: AnyCommand, out: Output): void {
    const [words, value] = name === 'SET' ? [args.slice(0, 2), args[2]] : [args, undefined];
    out.text += name;
    for (const word of words) append(out, ' ', word);
    if (value !== undefined) append(out, ` ${Buffer.byteLength(value)}\n`, value);
    out.text += '\n';
  }

  open(sink: ReplySink): Wire {
    return new MemoWire(sink, this.#login ?? this.ping);
  }
}

function append(out: Output, before: string, arg: Arg): void {
  out.text += before;
  if (typeof arg === 'string') out.text += arg;
  else out.bytes(arg);
}

class MemoWire implements Wire, MemoSink {
  readonly dirty = false;
  readonly #sink: ReplySink;
  readonly #first: AnyCommand;
  readonly #decoder = new MemoDecoder(this);

  constructor(sink: ReplySink, first: AnyCommand) {
    this.#sink = sink;
    this.#first = first;
  }

  async handshake(send: Executor['send']): Promise<void> {
    await (this.#first.spec === AUTH ? send(this.#first) : answered(send(this.#first)));
  }

  decode(bytes: Uint8Array): void {
    this.#decoder.write(bytes);
  }

  reply(value: unknown): void {
    this.#sink.reply(this.#sink.head()?.bytes === true ? value : asText(value));
  }

  refusal(text: string): void {
    this.#sink.fail(new ReplyError(text));
  }
}

function asText(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return Array.isArray(value) ? value.map(asText) : value;
}
