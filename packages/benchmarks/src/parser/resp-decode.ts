// How long decoding takes. Run: node --expose-gc --import tsx --conditions=@kv/source packages/benchmarks/src/parser/resp-decode.ts
import { Decoder } from '@kv/resp-parser';
import { bench, do_not_optimize, run } from 'mitata';

const REPLIES = 1000;
const CHUNK = 64 * 1024;

const wire = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const bulk = (value: string): string => `$${value.length}\r\n${value}\r\n`;
const array = (count: number, item: (i: number) => string): string =>
  `*${count}\r\n${Array.from({ length: count }, (_, i) => item(i)).join('')}`;

/** Pieces as a socket gives them. */
function chunked(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(bytes.slice(at, at + CHUNK));
  return chunks;
}

function decodeBench(name: string, text: string, asBytes = false): void {
  const chunks = chunked(wire(text));
  let replies = 0;
  const count = (): void => {
    replies++;
  };
  const decoder = new Decoder({ reply: count, push: count, bytes: () => asBytes });
  bench(name, () => {
    for (const chunk of chunks) decoder.write(chunk);
    do_not_optimize(replies);
  });
}

const value = (i: number): string => `value:${String(i).padStart(10, '0')}`;
decodeBench('1000 × +OK', '+OK\r\n'.repeat(REPLIES));
decodeBench('1000 × :n', Array.from({ length: REPLIES }, (_, i) => `:${i * 37}\r\n`).join(''));
decodeBench('1000 × null', '_\r\n'.repeat(REPLIES));
decodeBench('1000 × 5 B text', bulk('hello').repeat(REPLIES));
decodeBench('1000 × 16 B text', bulk(value(1)).repeat(REPLIES));
decodeBench('1000 × 16 B bytes', bulk(value(1)).repeat(REPLIES), true);
decodeBench(
  'MGET 100 × 16 B',
  array(100, (i) => bulk(value(i))),
);
decodeBench(
  'LRANGE 1000 × 16 B',
  array(1000, (i) => bulk(value(i))),
);
decodeBench(
  'HGETALL 100',
  `%100\r\n${Array.from({ length: 100 }, (_, i) => bulk(`field:${i}`) + bulk(value(i))).join('')}`,
);
decodeBench(
  'ZRANGE 100 with scores',
  array(100, (i) => `*2\r\n${bulk(`member:${i}`)},${i * 1.5}\r\n`),
);
decodeBench(
  'ZRANGE 100 with scores of 17 digits',
  array(100, (i) => `*2\r\n${bulk(`member:${i}`)},${(i + 0.1).toPrecision(17)}\r\n`),
);
decodeBench('1 × 5 B text', bulk('hello'));
decodeBench('4 kB text', bulk('x'.repeat(4096)));
decodeBench('4 kB text, not ASCII', `$4096\r\n${'é'.repeat(2048)}\r\n`);
decodeBench('4 kB bytes', bulk('x'.repeat(4096)), true);
decodeBench('1 MB text in 64 kB chunks', bulk('x'.repeat(1024 * 1024)));
decodeBench('1 MB text, not ASCII, in 64 kB chunks', `$1048576\r\n${'é'.repeat(524_288)}\r\n`);
decodeBench('1 MB bytes in 64 kB chunks', bulk('x'.repeat(1024 * 1024)), true);

await run();
