/** Fuzz targets: the decoders, fed with damaged replies, whole and in pieces. */
import { isDeepStrictEqual } from 'node:util';
import * as gibson from '@kv/gibson-parser';
import * as resp from '@kv/resp-parser';
import * as ssdb from '@kv/ssdb-parser';
import type { FuzzTarget } from '../src/fuzz.ts';
import { damaged, inRandomPieces } from '../src/mutation.ts';
import { fromHex, loadVectors, toHex } from '../src/vectors.ts';

/** Small, so that a length that cannot be right is refused before it takes memory. */
const limits = { bulkLength: 1 << 20, elements: 1 << 16 } as const;

interface Writable {
  write(bytes: Uint8Array): void;
}

/** One decoder: how it is made, and which error it may throw. */
interface Subject {
  open(found: (event: unknown) => void, bytes: boolean): Writable;
  readonly ProtocolError: new (...args: never[]) => Error;
}

interface Outcome {
  readonly events: readonly unknown[];
  readonly failed: boolean;
}

function decode(subject: Subject, pieces: readonly Uint8Array[], bytes: boolean): Outcome {
  const events: unknown[] = [];
  const decoder = subject.open((event) => events.push(event), bytes);
  for (const piece of pieces) {
    const lent = piece.slice();
    try {
      decoder.write(lent);
    } catch (error) {
      if (!(error instanceof subject.ProtocolError)) throw new Error('not a protocol error', { cause: error });
      mustBeDead(decoder, error, events);
      return { events, failed: true };
    }
    lent.fill(0x2a); // nothing may keep a view of it
  }
  return { events, failed: false };
}

/** After an error every further write throws the same, and finds nothing. */
function mustBeDead(decoder: Writable, error: unknown, events: readonly unknown[]): void {
  const { length } = events;
  try {
    decoder.write(Buffer.from('+OK\r\n2\nok\n\n'));
  } catch (again) {
    if (again === error && events.length === length) return;
    throw new Error('a dead decoder throws something else', { cause: again });
  }
  throw new Error('a decoder goes on after an error');
}

function decoderTarget(name: string, corpus: readonly Uint8Array[], subject: Subject): FuzzTarget {
  const endings = { refused: 0, read: 0, nothing: 0 };
  return {
    name,
    endings,
    run: (random) => {
      const bytes = damaged(random, corpus);
      const wantsBytes = random.chance(0.5);
      const whole = decode(subject, [bytes], wantsBytes);
      const cut = decode(subject, inRandomPieces(random, bytes), wantsBytes);
      if (!isDeepStrictEqual(cut, whole))
        throw new Error(`in pieces it is something else than whole: ${toHex(bytes).slice(0, 2000)}`);
      endings[whole.failed ? 'refused' : whole.events.length > 0 ? 'read' : 'nothing']++;
    },
  };
}

interface RespVectors {
  readonly cases: readonly { readonly hex?: string }[];
}

interface Recorded {
  readonly steps: readonly { readonly replyHex: string }[];
}

function replies(file: string): Uint8Array[] {
  const scenarios = loadVectors<readonly Recorded[]>(new URL(file, import.meta.url));
  return small(scenarios.flatMap(({ steps }) => steps.map(({ replyHex }) => fromHex(replyHex))));
}

function small(corpus: readonly Uint8Array[]): Uint8Array[] {
  return corpus.filter(({ length }) => length > 0 && length < 20_000);
}

function respTarget(): FuzzTarget {
  const { cases } = loadVectors<RespVectors>(
    new URL('../../resp-parser/test/vectors/resp.vectors.json', import.meta.url),
  );
  const corpus = small(cases.map(({ hex = '' }) => fromHex(hex)));
  return decoderTarget('resp', corpus, {
    ProtocolError: resp.ProtocolError,
    open: (found, bytes) =>
      new resp.Decoder(
        {
          reply: (value) => found(['reply', value]),
          push: (value) => found(['push', value]),
          attribute: (value) => found(['attribute', value]),
          bytes: () => bytes,
        },
        { ...limits, depth: 64 },
      ),
  });
}

function ssdbTarget(): FuzzTarget {
  return decoderTarget('ssdb', replies('../../ssdb-parser/test/vectors/ssdb.vectors.json'), {
    ProtocolError: ssdb.ProtocolError,
    open: (found, bytes) => new ssdb.Decoder({ bytes: () => bytes, reply: found }, limits),
  });
}

function gibsonTarget(): FuzzTarget {
  return decoderTarget('gibson', replies('../../gibson-parser/test/vectors/gibson.vectors.json'), {
    ProtocolError: gibson.ProtocolError,
    open: (found, bytes) => new gibson.Decoder({ bytes: () => bytes, reply: found }, limits),
  });
}

/** The decoders of all three protocols. */
export function decoderTargets(): FuzzTarget[] {
  return [respTarget(), ssdbTarget(), gibsonTarget()];
}
