import type { Workload } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** A workload for Redis clients. */
export interface RedisWorkload extends Workload<RedisClient> {
  /** What is put on the server first, as commands. */
  readonly prepare: readonly (readonly string[])[];
  /** Arguments that make redis-benchmark do the same. */
  readonly native: readonly string[];
}

const keyCount = 1024;
/** The names that redis-benchmark gives its keys, so that all ask for the same. */
const keys = Array.from({ length: keyCount }, (_, i) => `key:${String(i).padStart(12, '0')}`);
const small = 'abcdefghijklmnop';

function size(answer: unknown): number {
  if (typeof answer === 'string' || Array.isArray(answer) || answer instanceof Uint8Array) return answer.length;
  if (answer instanceof Map) return answer.size;
  return typeof answer === 'object' && answer !== null ? Object.keys(answer).length : -1;
}

function sized(...lengths: number[]): (answer: unknown) => void {
  return (answer) => {
    if (!lengths.includes(size(answer)))
      throw new Error(`answer of size ${size(answer)}, expected ${lengths.join(' or ')}`);
  };
}

function accepted(answer: unknown): void {
  if (answer !== 'OK' && answer !== undefined && answer !== true) throw new Error('SET did not answer OK');
}

function human(length: number): string {
  if (length >= 1 << 20) return `${length >> 20} MB`;
  return length >= 1024 ? `${length >> 10} kB` : `${length} B`;
}

function getOf(length: number, depth: number, bytes = false): RedisWorkload {
  const value = small.repeat(length / small.length);
  const few = keys.slice(0, length > 4096 ? 16 : keyCount);
  const suffix = length > small.length ? ` ${human(length)}` : '';
  return {
    name: `get${suffix.replaceAll(' ', '-').toLowerCase()}-c${depth}${length >= 1 << 20 ? (bytes ? '-bytes' : '-text') : ''}`,
    title: `GET${suffix} c${depth}${length >= 1 << 20 ? (bytes ? ' (bytes)' : ' (text)') : ''}`,
    depth,
    bytes,
    prepare: few.map((key) => ['SET', key, value]),
    native: ['-r', String(few.length), '-d', String(length), '-t', 'get'],
    call: (client) => (round) => client.get(few[round % few.length] as string),
    check: sized(length),
  };
}

function setOf(length: number, depth: number, bytes = false): RedisWorkload {
  const text = small.repeat(length / small.length);
  const value = bytes ? Buffer.from(text) : text;
  const few = length > 4096 ? 15 : keyCount - 1;
  const suffix = length > small.length ? ` ${human(length)}` : '';
  return {
    name: `set${suffix.replaceAll(' ', '-').toLowerCase()}-c${depth}${length >= 1 << 20 ? (bytes ? '-bytes' : '-text') : ''}`,
    title: `SET${suffix} c${depth}${length >= 1 << 20 ? (bytes ? ' (bytes)' : ' (text)') : ''}`,
    depth,
    bytes,
    prepare: [],
    native: ['-r', String(few + 1), '-d', String(length), '-t', 'set'],
    call: (client) => (round) => client.set(keys[round & few] as string, value),
    check: accepted,
  };
}

const hundred = keys.slice(0, 100);

/** All workloads, in the order of the table. */
export const workloads: readonly RedisWorkload[] = [
  getOf(16, 1),
  getOf(16, 64),
  getOf(16, 1000),
  setOf(16, 1000),
  {
    name: 'mget-100-c50',
    title: 'MGET 100 keys c50',
    depth: 50,
    bytes: false,
    prepare: hundred.map((key) => ['SET', key, small]),
    native: ['MGET', ...hundred],
    call: (client) => () => client.mget(hundred),
    check: sized(100),
  },
  {
    name: 'lrange-1000-c10',
    title: 'LRANGE 1000 c10',
    depth: 10,
    bytes: false,
    prepare: [['RPUSH', 'list', ...Array.from({ length: 1000 }, (_, i) => `element-${String(i).padStart(8, '0')}`)]],
    native: ['LRANGE', 'list', '0', '-1'],
    call: (client) => () => client.lrange('list', 0, -1),
    check: sized(1000),
  },
  {
    name: 'hgetall-100-c50',
    title: 'HGETALL 100 c50',
    depth: 50,
    bytes: false,
    prepare: [['HSET', 'hash', ...Array.from({ length: 100 }, (_, i) => [`field-${i}`, small]).flat()]],
    native: ['HGETALL', 'hash'],
    call: (client) => () => client.hgetall('hash'),
    check: sized(100, 200),
  },
  getOf(4096, 64),
  setOf(4096, 64),
  getOf(65_536, 16),
  getOf(1 << 20, 4),
  getOf(1 << 20, 4, true),
  setOf(1 << 20, 4),
  setOf(1 << 20, 4, true),
];
