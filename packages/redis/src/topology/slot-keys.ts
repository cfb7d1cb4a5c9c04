import { type CallOptions, type Data, type Engine, toArg } from '@kv/core';
import { type KeyScanOptions, type } from '../commands/key.ts';
import { isSet } from '../commands/support/arguments.ts';
import { text } from '../commands/support/replies.ts';
import { prefixed } from '../protocol/key-prefix.ts';
import { globMatches } from './glob.ts';

const encoder = new TextEncoder();

/** Does for keys of GETKEYSINSLOT what SCAN does itself: prefix, MATCH and TYPE. */
export class SlotKeys<V> {
  readonly #client: Engine;
  readonly #call: CallOptions;
  readonly #prefix: string;
  readonly #prefixBytes: number;
  readonly #match: string | undefined;
  readonly #type: string | undefined;

  constructor(client: Engine, call: CallOptions, { match, type: kind }: KeyScanOptions) {
    this.#client = client;
    this.#call = call;
    const prefix = encoder.encode(call.keyPrefix ?? '');
    this.#prefix = characters(prefix);
    this.#prefixBytes = prefix.length;
    this.#match = match !== undefined && isSet(match) ? characters(bytesOf(match)) : undefined;
    this.#type = isSet(kind) ? String(kind).toLowerCase() : undefined;
  }

  /** Those that the caller wants, as it sees them. */
  async wanted(keys: readonly Uint8Array[]): Promise<V[]> {
    const matching = keys.filter((key) => this.#matches(key)).map((key) => key.subarray(this.#prefixBytes));
    const kept = this.#type === undefined ? matching : await this.#ofType(matching, this.#type);
    return kept.map((key) => (this.#call.bytes === true ? key.slice() : text(key)) as V);
  }

  #matches(key: Uint8Array): boolean {
    const name = characters(key);
    if (!name.startsWith(this.#prefix)) return false;
    return this.#match === undefined || globMatches(this.#match, name.slice(this.#prefix.length));
  }

  async #ofType(keys: readonly Uint8Array[], kind: string): Promise<readonly Uint8Array[]> {
    const { keyPrefix } = this.#call;
    const types = await Promise.all(keys.map((key) => this.#client.send(prefixed(type(key), keyPrefix), this.#call)));
    return keys.filter((_, i) => types[i]?.toLowerCase() === kind);
  }
}

function bytesOf(value: Data): Uint8Array {
  const arg = toArg(value, 'match');
  return typeof arg === 'string' ? encoder.encode(arg) : arg;
}

/** One character for each byte: patterns are about bytes. */
function characters(bytes: Uint8Array): string {
  let all = '';
  for (const byte of bytes) all += String.fromCharCode(byte);
  return all;
}
