import { inspect } from 'node:util';
import type { Call, Workload } from '../../suite.ts';
import type { RedisClient } from './redis-client.ts';

/** A workload for Redis clients. */
export interface RedisWorkload extends Workload<RedisClient> {
  /** How the server is reached; default: TCP, one server. */
  readonly place?: RedisPlace;
  /** What is put on the server first, as commands. */
  readonly prepare: readonly (readonly string[])[];
  /** Arguments that make redis-benchmark do the same; without them it takes no part. */
  readonly native?: readonly string[];
}

/** A server that is not reached by plain TCP, or one of several. */
export type RedisPlace = 'unix' | 'tls' | 'cluster';

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

/** GETs of small values on another way to the server, or with a cache. */
function getBy(way: RedisPlace | 'cache', depth: number, title: string): RedisWorkload {
  const { native = [], ...tcp } = getOf(small.length, depth);
  const named = { ...tcp, name: `get-${way}-c${depth}`, title: `GET c${depth}, ${title}` };
  if (way === 'cache') return { ...named, cache: true };
  return { ...named, place: way, ...(way === 'cluster' ? {} : { native }) };
}

function batchOf(kind: 'pipeline' | 'multi', size: number, depth: number, title: string): RedisWorkload {
  const few = keys.slice(0, size);
  return {
    name: `${kind}-${size}-c${depth}`,
    title: `${title} c${depth}`,
    depth,
    prepare: few.map((key) => ['SET', key, small]),
    call: (client) => () => client[kind](few),
    check: sized(size),
  };
}

const channels = Array.from({ length: 100 }, (_, i) => `channel:${i}`);

/** A call publishes on one of the channels and ends when its message has arrived. */
async function deliveries(client: RedisClient): Promise<Call> {
  const waiting = new Map<string, (() => void)[]>(channels.map((channel) => [channel, []]));
  await client.subscribe(channels, (channel) => waiting.get(channel)?.shift()?.());
  return (round) =>
    new Promise<void>((resolve, reject) => {
      const channel = channels[round % channels.length] as string;
      waiting.get(channel)?.push(resolve);
      client.publish(channel, small).then(undefined, reject);
    });
}

/** The last entry of the stream must be somewhere in the answer, whatever the client's shape for entries is. */
function hasLastEntry(answer: unknown): void {
  if (!inspect(answer, { depth: 8, maxArrayLength: null }).includes('100-0'))
    throw new Error('the last entry is missing');
}

const stream = Array.from({ length: 100 }, (_, i) => [
  'XADD',
  'stream',
  `${i + 1}-0`,
  'name',
  small,
  'number',
  String(i),
]);
const scored = Array.from({ length: 100 }, (_, i) => [String(i * 1.5), `member-${String(i).padStart(8, '0')}`]).flat();

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
  {
    name: 'zrange-100-c50',
    title: 'ZRANGE 100 with scores c50',
    depth: 50,
    prepare: [['ZADD', 'zset', ...scored]],
    native: ['ZRANGE', 'zset', '0', '-1', 'WITHSCORES'],
    call: (client) => () => client.zrangeWithScores('zset'),
    check: sized(100, 200),
  },
  {
    name: 'xrange-100-c10',
    title: 'XRANGE 100 c10',
    depth: 10,
    prepare: stream,
    native: ['XRANGE', 'stream', '-', '+', 'COUNT', '100'],
    call: (client) => () => client.xrange('stream', 100),
    check: hasLastEntry,
  },
  {
    name: 'xread-100-c10',
    title: 'XREAD 100 c10',
    depth: 10,
    prepare: stream,
    native: ['XREAD', 'COUNT', '100', 'STREAMS', 'stream', '0'],
    call: (client) => () => client.xread('stream', 100),
    check: hasLastEntry,
  },
  batchOf('pipeline', 100, 10, 'Pipeline of 100 GETs'),
  batchOf('multi', 10, 50, 'MULTI of 10 GETs'),
  {
    name: 'pubsub-100',
    title: 'PUBLISH until its message arrives, 100 channels c100',
    depth: 100,
    prepare: [],
    call: deliveries,
    check: () => {},
  },
  getBy('unix', 64, 'unix socket'),
  getBy('tls', 64, 'TLS'),
  getBy('cluster', 64, 'cluster of 3'),
  getBy('cache', 1, 'cache in the process'),
  getOf(4096, 64),
  setOf(4096, 64),
  getOf(65_536, 16),
  getOf(1 << 20, 4),
  getOf(1 << 20, 4, true),
  setOf(1 << 20, 4),
  setOf(1 << 20, 4, true),
];
