/** Talks to a real server byte by byte and keeps what both sides said, in the form of the packages' test vectors. */
import { connect, type Socket } from 'node:net';
import type { Pair as GibsonPair, Reply as GibsonReply } from '@kv/gibson-parser';
import { encodeCommand as encodeGibson, encodings, Reader as GibsonReader, replyCodes } from '@kv/gibson-parser';
import { encodeCommand as encodeResp, Reader as RespReader } from '@kv/resp-parser';
import { encodeCommand as encodeSsdb, Reader as SsdbReader } from '@kv/ssdb-parser';
import { toHex } from '@kv/testkit';
import type { BackendName } from './command-places.ts';

/** A command and its arguments, as they are typed. */
export type Words = readonly [name: string, ...args: string[]];

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** One line of a file of vectors. */
export type RecordedStep = Readonly<Record<string, unknown>>;

interface PullReader {
  feed(bytes: Uint8Array): void;
  gets(): unknown;
}

/** A connection on which one reply after the other is read. */
class Exchange {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #newReader: () => PullReader;

  constructor({ host, port }: Place, newReader: () => PullReader) {
    this.#socket = connect({ host, port });
    this.#chunks = this.#socket[Symbol.asyncIterator]();
    this.#newReader = newReader;
  }

  /** Sends a request; resolves to the whole reply, as bytes and decoded. Rejects when the server hangs up. */
  async ask(request: Uint8Array): Promise<{ bytes: Uint8Array; reply: unknown }> {
    this.#socket.write(request);
    const reader = this.#newReader();
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the server closed the connection instead of answering');
      chunks.push(value);
      reader.feed(value);
      const reply = reader.gets();
      if (reply !== undefined) return { bytes: Buffer.concat(chunks), reply };
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends the commands one by one to a fresh connection and describes each exchange. */
async function exchanges<T>(
  place: Place,
  newReader: () => PullReader,
  requests: readonly Uint8Array[],
  describe: (reply: unknown, bytes: Uint8Array, at: number) => T,
): Promise<T[]> {
  const exchange = new Exchange(place, newReader);
  try {
    const steps: T[] = [];
    for (const [at, request] of requests.entries()) {
      const { bytes, reply } = await exchange.ask(request);
      steps.push(describe(reply, bytes, at));
    }
    return steps;
  } finally {
    exchange.close();
  }
}

/**
 * Records commands on a server. Redis is asked in RESP2 and in RESP3, with FLUSHALL before each: give it a server of
 * its own. The others are asked once, with the data that they have.
 */
export async function recordSteps(
  backend: BackendName,
  place: Place,
  commands: readonly Words[],
): Promise<RecordedStep[]> {
  const steps = await askAll(backend, place, commands);
  for (const [at, step] of steps.entries()) {
    if (!isUnknownCommand(step)) continue;
    throw new Error(`${commands[at]?.[0]}: this server does not know the command; record on one that does`);
  }
  return steps;
}

function askAll(backend: BackendName, place: Place, commands: readonly Words[]): Promise<RecordedStep[]> {
  if (backend === 'redis') return recordRedis(place, commands);
  return backend === 'ssdb' ? recordSsdb(place, commands) : recordGibson(place, commands);
}

/** Such an answer says nothing of the command. */
function isUnknownCommand(step: RecordedStep): boolean {
  const reply = Buffer.from(String(step['resp2Hex'] ?? step['replyHex']), 'hex').toString('latin1');
  return /^-ERR unknown (sub)?command|^\d+\nclient_error\n\d+\nUnknown Command/i.test(reply);
}

async function recordRedis(place: Place, commands: readonly Words[]): Promise<RecordedStep[]> {
  const resp2 = await repliesOf(place, '2', commands);
  const resp3 = await repliesOf(place, '3', commands);
  return commands.map((args, at) => ({
    args,
    resp2Hex: resp2[at],
    resp3Hex: resp3[at] === resp2[at] ? '=' : resp3[at],
  }));
}

async function repliesOf(place: Place, protocol: string, commands: readonly Words[]): Promise<string[]> {
  const before: Words[] = [['HELLO', protocol], ['FLUSHALL']];
  const requests = [...before, ...commands].map(([name, ...args]) => encodeResp(name, ...args));
  const newReader = (): PullReader => new RespReader({ encoding: 'bytes' });
  const replies = await exchanges(place, newReader, requests, (_, bytes) => toHex(bytes));
  return replies.slice(before.length);
}

function recordSsdb(place: Place, commands: readonly Words[]): Promise<RecordedStep[]> {
  const requests = commands.map(([name, ...args]) => encodeSsdb(name, ...args));
  const newReader = (): PullReader => new SsdbReader({ encoding: 'bytes' });
  return exchanges(place, newReader, requests, (reply, bytes, at) => {
    const { status, body } = reply as { status: string; body: readonly Uint8Array[] };
    return { ...sent(commands, requests, at), replyHex: toHex(bytes), decoded: [status, ...body.map(described)] };
  });
}

function recordGibson(place: Place, commands: readonly Words[]): Promise<RecordedStep[]> {
  const requests = commands.map(([name, ...args]) => encodeGibson(name.toUpperCase(), ...args));
  const newReader = (): PullReader => new GibsonReader({ encoding: 'bytes' });
  return exchanges(place, newReader, requests, (reply, bytes, at) => ({
    ...sent(commands, requests, at),
    replyHex: toHex(bytes),
    decoded: gibsonReply(reply as GibsonReply),
  }));
}

function sent(commands: readonly Words[], requests: readonly Uint8Array[], at: number): RecordedStep {
  const [command = '', ...args] = commands[at] ?? [];
  return { command, args, requestHex: toHex(requests[at] ?? new Uint8Array(0)) };
}

function gibsonReply({ code, encoding, value }: GibsonReply): RecordedStep {
  const reply = Object.entries(replyCodes).find(([, known]) => known === code)?.[0];
  if (code === replyCodes.KVAL) {
    const rows = (value as readonly GibsonPair[]).map(([key, data]) => ({ key: described(key), ...datum(data) }));
    return { reply, count: rows.length, rows };
  }
  if (code !== replyCodes.VAL) return { reply };
  return { reply, encoding: encoding === encodings.NUMBER ? 'number' : 'plain', value: described(value) };
}

const datum = (data: unknown): RecordedStep => ({
  encoding: data instanceof Uint8Array ? 'plain' : 'number',
  value: described(data),
});

/** Data as the vectors write it: text where it is printable, else hexadecimal. */
function described(data: unknown): unknown {
  if (!(data instanceof Uint8Array)) return String(data);
  const text = Buffer.from(data).toString();
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : { hex: toHex(data) };
}
