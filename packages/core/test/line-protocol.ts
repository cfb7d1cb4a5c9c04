import type { AnyCommand, ClientSetup, Executor, Output, Protocol, ReplySink, Window, Wire } from '../src/index.ts';
import { Client, Command, Flag, ReplyError, spec } from '../src/index.ts';

/** A command of the line protocol; the reply is its text. */
export function line(text: string, flags = 0, blockMs = 0): Command<string> {
  const [name = '', ...args] = text.split(' ');
  return new Command<string>(spec(name, flags), args, String, flags, blockMs);
}

export const readLine = (text: string): Command<string> => line(text, Flag.read);

/**
 * The smallest protocol that has everything core must carry.
 *
 * ```text
 *   out:  name arg arg\n
 *   in:   +text\n  reply      -text\n  refusal      >text\n  push or frame      !…  not the protocol
 *         ~text\n  refusal of a server that cannot serve the line any more
 * ```
 * `dirty…` commands change the state of the line, `clean` undoes that.
 */
export class LineProtocol implements Protocol {
  readonly name = 'line';
  readonly window: Window;
  readonly ping: AnyCommand = line('ping', Flag.read);
  readonly handshakeLines: readonly string[];
  readonly canClean: boolean;

  constructor(
    window: Partial<Window> = {},
    { handshakeLines = [], canClean = true }: { handshakeLines?: readonly string[]; canClean?: boolean } = {},
  ) {
    this.window = { commands: Number.POSITIVE_INFINITY, refill: 'sliding', ...window };
    this.handshakeLines = handshakeLines;
    this.canClean = canClean;
  }

  encode(command: AnyCommand, out: Output): void {
    if (command.spec.name === 'unencodable') throw new TypeError('cannot be encoded');
    out.text += command.spec.name;
    for (const arg of command.args) {
      out.text += ' ';
      if (typeof arg === 'string') out.text += arg;
      else out.bytes(arg);
    }
    out.text += '\n';
  }

  open(sink: ReplySink): Wire {
    return new LineWire(sink, this);
  }
}

class LineWire implements Wire {
  dirty = false;
  readonly #sink: ReplySink;
  readonly #protocol: LineProtocol;
  readonly clean?: (send: Executor['send']) => Promise<void>;
  #rest = '';

  constructor(sink: ReplySink, protocol: LineProtocol) {
    this.#sink = sink;
    this.#protocol = protocol;
    if (protocol.canClean) {
      this.clean = async (send) => {
        await send(line('clean'));
        this.dirty = false;
      };
    }
  }

  decode(bytes: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(bytes).toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const one of lines) this.#take(one[0], one.slice(1));
  }

  async handshake(send: Executor['send']): Promise<void> {
    await Promise.all(this.#protocol.handshakeLines.map((text) => send(line(text))));
  }

  async cancel(elsewhere: Executor['send']): Promise<boolean> {
    return (await elsewhere(line('unblock'))) === '1';
  }

  #take(kind: string | undefined, text: string): void {
    const head = this.#sink.head()?.command;
    // As SELECT does, it tells by its argument what the state is: a tombstone must not have lost it.
    if (head?.spec.name.startsWith('dirty') && kind === '+') this.dirty = head.args[0] !== '';
    if (kind === '+') this.#sink.reply(text);
    else if (kind === '-') this.#sink.fail(new ReplyError(text));
    else if (kind === '~') this.#leave(text);
    else if (kind === '>') this.#sink.push(text);
    else throw new Error('neither reply nor push');
  }

  #leave(text: string): void {
    const error = new ReplyError(text);
    this.#sink.drain(error);
    this.#sink.fail(error);
  }
}

/** A client of the line protocol with small numbers. */
export function lineClient(setup: Pick<ClientSetup, 'address'> & Partial<ClientSetup>): Client {
  return new Client(lineSetup(setup));
}

export function lineSetup(setup: Pick<ClientSetup, 'address'> & Partial<ClientSetup>): ClientSetup {
  return {
    protocol: new LineProtocol(),
    addressText: 'memory',
    name: 'test',
    timeout: 1000,
    connectTimeout: 1000,
    retry: 'safe',
    maxQueueBytes: 1_000_000,
    backoff: { min: 1, max: 5 },
    liveness: { idle: 0, grace: 1000 },
    pools: {
      shared: { minSize: 1, maxSize: 1 },
      sessions: { minSize: 0, maxSize: 2 },
      blocking: { minSize: 0, maxSize: 2 },
      streams: { minSize: 0, maxSize: 2 },
    },
    ...setup,
  };
}
