// Counts bytes that are copied, decoded or encoded. Imported before everything else: parsers look these methods up once.

/** Bytes since the process began. */
export interface Passes {
  /** Copied from bytes to bytes. */
  copied: number;
  /** Made text of. */
  decoded: number;
  /** Made of text, or counted in text. */
  encoded: number;
}

/** What was counted so far. */
export const passes: Passes = { copied: 0, decoded: 0, encoded: 0 };

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces a method by one that adds to a sum. */
function count(
  owner: object,
  name: string,
  kind: keyof Passes,
  bytes: (self: unknown, args: unknown[], result: unknown) => number,
): void {
  const methods = owner as Record<string, Method>;
  const original = methods[name];
  if (original === undefined) return;
  methods[name] = function (...args) {
    const result = original.apply(this, args);
    passes[kind] += bytes(this, args, result);
    return result;
  };
}

const lengthOf = (value: unknown): number => (value as { length?: number } | undefined)?.length ?? 0;
const first = (_self: unknown, [value]: unknown[]): number => lengthOf(value);
const text = (_self: unknown, [value]: unknown[]): number => (typeof value === 'string' ? value.length : 0);
const self = (value: unknown): number => lengthOf(value);
const range = (value: unknown, [start = 0, end = lengthOf(value)]: unknown[]): number => Number(end) - Number(start);
const read = (_self: unknown, _args: unknown[], result: unknown): number => (result as { read: number }).read;
const all = (_self: unknown, [list]: unknown[]): number =>
  (list as readonly unknown[]).reduce((sum: number, one) => sum + lengthOf(one), 0);

count(Uint8Array.prototype, 'set', 'copied', first);
count(Uint8Array.prototype, 'slice', 'copied', range);
count(Uint8Array.prototype, 'copyWithin', 'copied', self);
count(Buffer.prototype, 'copy', 'copied', self);
count(Buffer, 'concat', 'copied', all);
count(Buffer, 'from', 'encoded', first);
count(Buffer, 'byteLength', 'encoded', text);
count(TextEncoder.prototype, 'encode', 'encoded', first);
count(TextEncoder.prototype, 'encodeInto', 'encoded', read); // the text may be longer than the room for it
count(TextDecoder.prototype, 'decode', 'decoded', first);
count(Buffer.prototype, 'utf8Slice', 'decoded', range);
count(Buffer.prototype, 'latin1Slice', 'decoded', range);
count(Buffer.prototype, 'asciiSlice', 'decoded', range);
count(Buffer.prototype, 'toString', 'decoded', self);
for (const name of ['write', 'utf8Write', 'latin1Write', 'asciiWrite']) count(Buffer.prototype, name, 'encoded', text);
