import { parseInteger } from '../numbers.ts';
import { compareIds, type StreamId } from './stream-id.ts';

/** One entry of a stream. */
export interface StreamEntry {
  readonly id: StreamId;
  /** Names and values, alternating. */
  readonly fields: readonly string[];
}

const MAX_ENTRIES = 100;
const MAX_BYTES = 4096;
const FRAME = 7;

/** Entries that the server keeps in one block: only whole blocks go when a stream is trimmed approximately. */
export class StreamNode {
  /** The id of its first entry, ever. */
  readonly master: StreamId;
  /** The id of its last entry, ever. */
  last: StreamId;
  readonly entries: StreamEntry[] = [];
  readonly #names: readonly string[];
  /** Entries ever. */
  #count = 0;
  #bytes: number;

  /** An empty one that is made for `first`. */
  constructor({ id, fields }: StreamEntry) {
    this.master = id;
    this.last = id;
    this.#names = namesOf(fields);
    this.#bytes = FRAME + size('1') + 2 * size('0') + size(String(this.#names.length)) + sizes(this.#names);
  }

  /** Whether the server begins another block for an entry. */
  isFullFor({ fields }: StreamEntry): boolean {
    const length = fields.reduce((sum, text) => sum + text.length, 0);
    return this.#bytes + length >= MAX_BYTES || this.#count >= MAX_ENTRIES;
  }

  add(entry: StreamEntry): void {
    this.entries.push(entry);
    this.last = entry.id;
    this.#count += 1;
    this.#bytes += this.#sizeOf(entry);
  }

  /** Position of the first entry that is not smaller. */
  seek(id: StreamId): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds((this.entries[middle] as StreamEntry).id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Another one with the same entries. */
  copy(): StreamNode {
    const twin = new StreamNode({ id: this.master, fields: this.#names.flatMap((name) => [name, '']) });
    twin.last = this.last;
    twin.entries.push(...this.entries);
    twin.#count = this.#count;
    twin.#bytes = this.#bytes;
    return twin;
  }

  #sizeOf({ id, fields }: StreamEntry): number {
    const names = namesOf(fields);
    const same = names.length === this.#names.length && names.every((name, index) => name === this.#names[index]);
    const head = size('0') + size(String(id.ms - this.master.ms)) + size(String(id.seq - this.master.seq));
    const values = fields.filter((_, index) => index % 2 === 1);
    if (same) return head + sizes(values) + size(String(values.length + 3));
    return head + size(String(names.length)) + sizes(fields) + size(String(2 * names.length + 4));
  }
}

function namesOf(fields: readonly string[]): readonly string[] {
  return fields.filter((_, index) => index % 2 === 0);
}

function sizes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + size(text), 0);
}

/** Bytes that the server's compact lists take for a text. */
function size(text: string): number {
  const data = dataSize(text);
  return data + (data <= 127 ? 1 : data < 16_383 ? 2 : data < 2_097_151 ? 3 : 4);
}

const INTEGERS: readonly (readonly [bits: number, bytes: number])[] = [
  [13, 2],
  [16, 3],
  [24, 4],
  [32, 5],
];

function dataSize(text: string): number {
  const number = parseInteger(text);
  if (number === undefined) return text.length + (text.length < 64 ? 1 : text.length < 4096 ? 2 : 5);
  if (number >= 0n && number <= 127n) return 1;
  return INTEGERS.find(([bits]) => BigInt.asIntN(bits, number) === number)?.[1] ?? 9;
}
