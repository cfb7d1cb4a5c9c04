/** Keys of the server's storage, as `dump` and `sync140` show them. */
import type { Database } from './database.ts';

/** Sequence numbers under which a queue keeps those of its ends. */
const FRONT_POINTER = 2n;
const BACK_POINTER = 3n;

export function kvKey(key: string): string {
  return `k${key}`;
}

export function hashKey(name: string, field: string): string {
  return `h${sized(name)}=${field}`;
}

export function zsetKey(name: string, member: string): string {
  return `s${sized(name)}${sized(member)}`;
}

export function queueKey(name: string, sequence: bigint): string {
  return `q${sized(name)}${bigEndian(sequence)}`;
}

/** Everything stored, in the order of the storage. */
export function rawEntries(db: Database): [key: string, value: string][] {
  const all: [string, string][] = [];
  for (const [key, value] of db.kv.entries()) all.push([kvKey(key), value]);
  for (const [name, hash] of db.hashes.entries()) {
    all.push([`H${name}`, littleEndian(hash.size)]);
    for (const [field, value] of hash.entries()) all.push([hashKey(name, field), value]);
  }
  for (const [name, size] of db.zsetSizes.entries()) all.push([`Z${name}`, littleEndian(size)]);
  for (const [name, zset] of db.zsets.entries()) {
    for (const { member, score } of zset.all()) {
      all.push([zsetKey(name, member), String(score)]);
      all.push([`z${sized(name)}${score < 0n ? '-' : '='}${bigEndian(score)}=${member}`, '']);
    }
  }
  for (const [name, queue] of db.queues.entries()) {
    all.push([`Q${name}`, littleEndian(queue.size)]);
    all.push([queueKey(name, FRONT_POINTER), littleEndian(queue.front)]);
    all.push([queueKey(name, BACK_POINTER), littleEndian(queue.front + BigInt(queue.size) - 1n)]);
    for (const [at, item] of queue.all().entries()) all.push([queueKey(name, queue.front + BigInt(at)), item]);
  }
  return all.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** A length byte, then the text. */
function sized(text: string): string {
  return String.fromCharCode(text.length & 0xff) + text;
}

function bigEndian(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes.toString('latin1');
}

/** Eight bytes. */
export function littleEndian(value: number | bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes.toString('latin1');
}
