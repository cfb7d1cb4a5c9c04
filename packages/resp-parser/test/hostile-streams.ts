// A process that reads what hostile servers send, each on its own decoder, and a good one beside them. It prints what
// became of each. See hostile-streams.test.ts.
import { Decoder, ProtocolError, type Reply } from '../src/index.ts';

const MEBIBYTE = 1024 * 1024;
const PIECE = 64 * 1024;

/** What the server begins with, and what it repeats without an end. */
const streams: readonly (readonly [name: string, head: string, item: string, bytes?: 'bytes'])[] = [
  ['integers in one announced array', '*2147483647\r\n', ':1\r\n'],
  ['integers in one streamed array', '*?\r\n', ':1\r\n'],
  ['integers in nested arrays', '', '*16777216\r\n:1\r\n'],
  ['sets of one member', '*?\r\n', '~1\r\n:1\r\n'],
  ['arrays in the map of a push', '>2\r\n%?\r\n', '*0\r\n*0\r\n'],
  ['arrays in an attribute', '|10000000\r\n', '*1\r\n:1\r\n'],
  ['empty strings as bytes', '*?\r\n', '$0\r\n\r\n', 'bytes'],
  ['doubles', '*?\r\n', ',1.5\r\n'],
];

let last: Reply = null;
const decoderOf = (asBytes: boolean): Decoder =>
  new Decoder({
    reply: (value) => {
      last = value;
    },
    push: () => {},
    bytes: () => asBytes,
  });
const neighbor = decoderOf(false);

for (const [name, head, item, bytes] of streams) {
  const decoder = decoderOf(bytes === 'bytes');
  const piece = Buffer.from(item.repeat(Math.ceil(PIECE / item.length)));
  let outcome = 'was taken';
  try {
    decoder.write(Buffer.from(head));
    for (let sent = 0; sent < 450 * MEBIBYTE; sent += piece.length) decoder.write(piece);
  } catch (error) {
    outcome = error instanceof ProtocolError && error.cause === undefined ? 'ProtocolError' : String(error);
  }
  neighbor.write(Buffer.from('+OK\r\n'));
  console.log(`${name}: ${outcome}, the neighbor reads ${last}`);
}
