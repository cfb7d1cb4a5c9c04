/** Fuzz targets: the embedded servers, fed with damaged requests. Afterwards a new connection must be served. */
import { type Embedded, type EmbeddedServer, startEmbedded } from '@kv/embedded';
import { encodeCommand } from '@kv/resp-parser';
import type { OpenLine } from '../src/cutting-line.ts';
import type { FuzzTarget } from '../src/fuzz.ts';
import type { MemoryTransport } from '../src/memory-transport.ts';
import { damaged, inRandomPieces } from '../src/mutation.ts';
import type { Random } from '../src/random.ts';
import { fromHex, loadVectors, readable, toHex } from '../src/vectors.ts';

type Backend = 'redis' | 'ssdb' | 'gibson';

interface Subject {
  readonly corpus: readonly Uint8Array[];
  readonly ping: Uint8Array;
  /** Whether this is what a server that is well answers to {@link ping}; damaged requests may have set a password. */
  answers(text: string): boolean;
}

/** Turns of the event loop that a healthy server needs at most for one answer. */
const PATIENCE = 50;

class Line {
  text = '';
  over = false;
  #transport: MemoryTransport | undefined;

  static async open(address: { connect: OpenLine }): Promise<Line> {
    const line = new Line();
    const data = (bytes: Uint8Array): void => {
      if (line.text.length < 10_000) line.text += Buffer.from(bytes).toString('latin1');
    };
    const close = (): void => {
      line.over = true;
    };
    line.#transport = await address.connect(address, { data, close, drain: () => {} }, new AbortController().signal);
    return line;
  }

  get transport(): MemoryTransport {
    return this.#transport as MemoryTransport;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function serverTarget(backend: Backend, subject: Subject): FuzzTarget {
  let embedded: Embedded | undefined;
  const endings = { closed: 0, answered: 0, silent: 0 };
  const address = (): { connect: OpenLine } => {
    const server = embedded?.[backend] as EmbeddedServer | undefined;
    return server?.address as { connect: OpenLine };
  };
  const vandalise = async (random: Random): Promise<void> => {
    const vandal = await Line.open(address());
    if (random.chance(0.1)) vandal.transport.pause();
    for (const piece of inRandomPieces(random, damaged(random, subject.corpus))) {
      vandal.transport.write([piece]);
      if (random.chance(0.05)) await turn();
    }
    for (let i = 0; i < 3; i++) await turn();
    endings[vandal.over ? 'closed' : vandal.text === '' ? 'silent' : 'answered']++;
    if (random.chance(0.5)) vandal.transport.destroy();
    else if (random.chance(0.9)) vandal.transport.end(); // else it stays until its era ends
  };
  const checkServed = async (): Promise<void> => {
    const witness = await Line.open(address());
    witness.transport.write([subject.ping]);
    for (let i = 0; i < PATIENCE && !subject.answers(witness.text) && !witness.over; i++) await turn();
    witness.transport.destroy();
    if (!subject.answers(witness.text)) throw new Error(`a new connection gets ${readable(Buffer.from(witness.text))}`);
  };
  return {
    name: `embedded-${backend}`,
    endings,
    begin: async () => {
      embedded = await startEmbedded({ [backend]: true });
    },
    run: async (random) => {
      await vandalise(random);
      await checkServed();
    },
    end: async () => embedded?.close(),
  };
}

interface RedisScenario {
  readonly steps: readonly { readonly args: readonly unknown[] | null }[];
}

/**
 * What makes a healthy server silent or deaf on purpose is left out, and what takes as much memory or time as it is told
 * to: a bit at the offset 2^30 makes a value of 128 MB, as it does on the real server.
 */
const DISTURBING = /pause|debug|shutdown|sleep|(?:allow|deny)_ip|setbit|setrange|bitfield|rand(?:member|field)/i;

function redisRequests(): Uint8Array[] {
  const file = new URL('../../embedded/test/vectors/redis.vectors.json', import.meta.url);
  return loadVectors<readonly RedisScenario[]>(file)
    .flatMap(({ steps }) => steps.map(({ args }) => args ?? []))
    .map((args) => args.map(argument))
    .filter(([name]) => name !== undefined)
    .map(([name, ...args]) => encodeCommand(String(name), ...args))
    .filter(isFit);
}

function argument(arg: unknown): string | Uint8Array {
  if (typeof arg === 'string') return arg;
  return fromHex((arg as { readonly hex?: string }).hex ?? '31');
}

interface Scenario {
  readonly steps: readonly { readonly requestHex: string }[];
}

function requests(file: string): Uint8Array[] {
  return loadVectors<readonly Scenario[]>(new URL(file, import.meta.url))
    .flatMap(({ steps }) => steps.map(({ requestHex }) => fromHex(requestHex)))
    .filter(isFit);
}

function isFit(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length < 5000 && !DISTURBING.test(Buffer.from(bytes).toString('latin1'));
}

/** The embedded servers of all three protocols. */
export function serverTargets(): FuzzTarget[] {
  return [
    serverTarget('redis', {
      corpus: redisRequests(),
      ping: Buffer.from('*1\r\n$4\r\nPING\r\n'),
      answers: (text) => /^(\+PONG|-NOAUTH[^\r]*)\r\n/.test(text),
    }),
    serverTarget('ssdb', {
      corpus: requests('../../embedded/test/vectors/ssdb.vectors.json'),
      ping: Buffer.from('4\nping\n\n'),
      answers: (text) => text === '2\nok\n\n',
    }),
    serverTarget('gibson', {
      corpus: requests('../../embedded/test/vectors/gibson.vectors.json'),
      ping: fromHex('020000001300'),
      answers: (text) => toHex(Buffer.from(text, 'latin1')) === '0500000100000000',
    }),
  ];
}
