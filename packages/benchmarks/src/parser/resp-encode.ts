// How long encoding takes. Run: node --expose-gc --import tsx --conditions=@kv/source packages/benchmarks/src/parser/resp-encode.ts
import { appendCommand, commandHead, encodeCommand, type Output } from '@kv/resp-parser';
import { bench, do_not_optimize, run } from 'mitata';

const COMMANDS = 1000;
const keys = Array.from({ length: COMMANDS }, (_, i) => [`user:${i}`]);
const pairs = keys.map(([key = '']) => [key, 'a value of 24 characters']);
const hashes = keys.map(([key = '']) => [key, 'field', 'value']);
const binary = keys.map(([key = '']) => [key, new Uint8Array(24)]);
const large = ['key', 'x'.repeat(1024 * 1024)];
const wire = Buffer.allocUnsafe(256 * 1024);

class TextOnly implements Output {
  text = '';
  chunks = 0;
  bytes(bytes: Uint8Array): void {
    this.chunks += bytes.length;
    this.text = '';
  }
}

const GET = commandHead('GET', 1);
const SET = commandHead('SET', 2);
const HSET = commandHead('HSET', 3);

function appendAll(head: string, list: readonly (readonly (string | Uint8Array)[])[]): TextOnly {
  const out = new TextOnly();
  for (const args of list) appendCommand(out, head, args);
  return out;
}

bench('1000 × GET, text only', () => do_not_optimize(appendAll(GET, keys)));
bench('1000 × GET, into a buffer', () => do_not_optimize(wire.write(appendAll(GET, keys).text, 'utf8')));
bench('1000 × SET, into a buffer', () => do_not_optimize(wire.write(appendAll(SET, pairs).text, 'utf8')));
bench('1000 × HSET, into a buffer', () => do_not_optimize(wire.write(appendAll(HSET, hashes).text, 'utf8')));
bench('1000 × SET of bytes', () => do_not_optimize(appendAll(SET, binary)));
bench('SET of 1 MB text', () => do_not_optimize(appendAll(SET, [large])));
bench('commandHead of a known name', () => do_not_optimize(commandHead('HMGET', 5)));
bench('encodeCommand GET', () => do_not_optimize(encodeCommand('GET', 'user:1')));

await run();
