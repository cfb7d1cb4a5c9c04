import type { Database } from './database.ts';
import { bigEndian, hashKey, kvKey, littleEndian, queueKey, sized, zsetKey } from './raw-keys.ts';

/** Sequence numbers under which a queue keeps those of its ends. */
const FRONT_POINTER = 2n;
const BACK_POINTER = 3n;

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
