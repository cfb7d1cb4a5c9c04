/** Every method of the facades that takes options, with what is none: refused by name, before anything is sent. */
import * as core from '@kv/core';
import { startEmbedded } from '@kv/embedded';
import * as gibson from '@kv/gibson';
import * as gibsonCommands from '@kv/gibson/commands';
import * as redis from '@kv/redis';
import * as redisCommands from '@kv/redis/commands';
import * as ssdb from '@kv/ssdb';
import * as ssdbCommands from '@kv/ssdb/commands';
import { afterAll, expect, test } from 'vitest';

type Method = (...args: unknown[]) => unknown;
type Methods = Readonly<Record<string, Method>>;

/** What stands before the options. Where a method is called by its options alone: nothing. */
const BEFORE: Readonly<Record<string, readonly unknown[]>> = {
  hkeysIterator: ['k'],
  hrscanIterator: ['k'],
  hscanIterator: ['k'],
  lock: ['k'],
  psubscribe: ['c'],
  script: ['return 1'],
  sscanIterator: ['k'],
  ssubscribe: ['c'],
  subscribe: ['c'],
  transaction: [['k'], () => []],
  zrscanIterator: ['k'],
  zscanIterator: ['k'],
  set: ['k', 'v'],
  setMany: [{ a: '1' }],
};

/** Methods without options. */
const WITHOUT = new Set([
  ...['clear', 'clientStats', 'connect', 'drained', 'execute', 'multi', 'nodes', 'off', 'on', 'pipeline'],
  ...['reconnect', 'release', 'reset', 'send', 'sendAll', 'setName', 'stats', 'unwatch', 'watch'],
]);

/** Parts of the library that only its own classes call. */
const INTERNAL = new Set([
  ...['dataOf', 'ready', 'refuse', 'refuseCall', 'run', 'runExact', 'runOn', 'sendPage', 'subscribeTo'],
  ...['walkEntries', 'walkMembers', 'walkNames', 'walkPages'],
]);

/** The methods of KeyValue that take options. */
const KEY_VALUE = ['set', 'setMany'];

const WRONG: readonly unknown[] = [
  null,
  7,
  0,
  true,
  'timeout',
  '',
  [],
  [5],
  new Map(),
  new Uint8Array(1),
  { noSuchOption: 1 },
];

const show = (value: unknown): string => (value instanceof Map ? 'a Map' : JSON.stringify(value));

/** How a call with wrong options ends. */
async function endOf(call: () => unknown): Promise<string> {
  try {
    const result = await call();
    if (typeof (result as { next?: Method }).next === 'function') await (result as { next: Method }).next();
    return 'accepted';
  } catch (error) {
    return core.isKvError(error) && error.code === 'ARGUMENT' ? error.message : `raw ${String(error)}`;
  }
}

/** The methods of an object that are no commands. */
function methodsOf(object: object, commands: object): string[] {
  const names = new Set<string>();
  for (let proto = Object.getPrototypeOf(object); proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
      if (typeof value === 'function' && name !== 'constructor' && !Object.hasOwn(commands, name)) names.add(name);
  }
  return [...names].filter((name) => !INTERNAL.has(name)).sort();
}

/** No probes, which would count as something that was sent. */
const quiet = { liveness: { idle: 0 } };

/** How often anything in this file has sent something. */
let written = 0;

/** A transport of one's own. */
interface Connecting {
  readonly connect: core.Connect;
}

/** The same server, with its bytes counted. */
function counted({ connect }: Connecting): Connecting {
  return {
    connect: async (address, on, signal) => {
      const transport = await connect(address, on, signal);
      const write = transport.write.bind(transport);
      transport.write = (chunks) => {
        written++;
        return write(chunks);
      };
      return transport;
    },
  };
}

const server = await startEmbedded({ redis: true, ssdb: true, gibson: true });
const at = {
  redis: counted(server.redis.address as Connecting),
  ssdb: counted(server.ssdb.address as Connecting),
  gibson: counted(server.gibson.address as Connecting),
};
afterAll(() => server.close());

interface Subject {
  readonly methods: (object: object) => string[];
  readonly open: () => unknown;
}

const redisSubject = (open: () => unknown): Subject => ({ methods: (one) => methodsOf(one, redisCommands), open });
const ssdbSubject = (open: () => unknown): Subject => ({ methods: (one) => methodsOf(one, ssdbCommands), open });
const gibsonSubject = (open: () => unknown): Subject => ({ methods: (one) => methodsOf(one, gibsonCommands), open });

/** Its `close()` gives the lease back, and takes no options. */
const leaseSubject = (commands: object, open: () => unknown): Subject => ({
  methods: (one) => methodsOf(one, commands).filter((name) => name !== 'close'),
  open,
});

const subjects: readonly (readonly [string, Subject])[] = [
  ['a client of Redis', redisSubject(() => redis.createRedis(at.redis, quiet))],
  ['a pool of Redis', redisSubject(() => redis.createPool(at.redis, quiet))],
  ['a connection of Redis', redisSubject(() => redis.createConnection(at.redis, quiet))],
  ['a session of Redis', redisSubject(async () => (await redis.createPool(at.redis, quiet)).acquire())],
  ['a client of SSDB', ssdbSubject(() => ssdb.createSsdb(at.ssdb, quiet))],
  ['a pool of SSDB', ssdbSubject(() => ssdb.createPool(at.ssdb, quiet))],
  ['a connection of SSDB', ssdbSubject(() => ssdb.createConnection(at.ssdb, quiet))],
  ['a lease of SSDB', leaseSubject(ssdbCommands, async () => (await ssdb.createPool(at.ssdb, quiet)).acquire())],
  ['a client of Gibson', gibsonSubject(() => gibson.createGibson(at.gibson, quiet))],
  ['a pool of Gibson', gibsonSubject(() => gibson.createPool(at.gibson, quiet))],
  ['a connection of Gibson', gibsonSubject(() => gibson.createConnection(at.gibson, quiet))],
  [
    'a lease of Gibson',
    leaseSubject(gibsonCommands, async () => (await gibson.createPool(at.gibson, quiet)).acquire()),
  ],
  ['a KeyValue of Redis', { methods: () => KEY_VALUE, open: () => redis.keyValue(redis.createRedis(at.redis, quiet)) }],
  ['a KeyValue of SSDB', { methods: () => KEY_VALUE, open: () => ssdb.keyValue(ssdb.createSsdb(at.ssdb, quiet)) }],
  [
    'a KeyValue of Gibson',
    { methods: () => KEY_VALUE, open: () => gibson.keyValue(gibson.createGibson(at.gibson, quiet)) },
  ],
];

/** The calls that did not end as they should: with an ArgumentError about the options, and nothing sent. */
async function badEnds(name: string, call: (wrong: unknown) => unknown): Promise<string[]> {
  const bad: string[] = [];
  for (const wrong of WRONG) {
    const before = written;
    const end = await endOf(() => call(wrong));
    if (!/^(options|cache|noSuchOption)\b/.test(end)) bad.push(`${name}(${show(wrong)}): ${end}`);
    else if (written !== before) bad.push(`${name}(${show(wrong)}): something was sent`);
  }
  return bad;
}

test.each(subjects)(
  'every method of %s that takes options refuses what is none, and sends nothing',
  async (_, subject) => {
    const object = (await subject.open()) as Methods;
    const names = subject.methods(object).filter((one) => !WITHOUT.has(one));
    const bad: string[] = [];
    for (const name of names) {
      const call = (wrong: unknown): unknown => (object[name] as Method).call(object, ...(BEFORE[name] ?? []), wrong);
      bad.push(...(await badEnds(name, call)));
    }
    expect(names.length).toBeGreaterThan(0);
    expect(bad).toEqual([]);
  },
);

const creators: readonly (readonly [string, (options: never) => unknown])[] = [
  ['createRedis', (options) => redis.createRedis(at.redis, options)],
  ['createPool of Redis', (options) => redis.createPool(at.redis, options)],
  ['createConnection of Redis', (options) => redis.createConnection(at.redis, options)],
  ['keyValue of Redis', (options) => redis.keyValue(redis.createRedis(at.redis), options)],
  ['createSsdb', (options) => ssdb.createSsdb(at.ssdb, options)],
  ['createPool of SSDB', (options) => ssdb.createPool(at.ssdb, options)],
  ['createConnection of SSDB', (options) => ssdb.createConnection(at.ssdb, options)],
  ['keyValue of SSDB', (options) => ssdb.keyValue(ssdb.createSsdb(at.ssdb), options)],
  ['createGibson', (options) => gibson.createGibson(at.gibson, options)],
  ['createPool of Gibson', (options) => gibson.createPool(at.gibson, options)],
  ['createConnection of Gibson', (options) => gibson.createConnection(at.gibson, options)],
  ['keyValue of Gibson', (options) => gibson.keyValue(gibson.createGibson(at.gibson), options)],
];

test.each(creators)('%s refuses options that are none', async (name, create) => {
  expect(await badEnds(name, create as (wrong: unknown) => unknown)).toEqual([]);
});

test.each([
  ['dump', (options: never) => ssdb.createSsdb(at.ssdb).dump(options)],
  ['sync140', (options: never) => ssdb.createSsdb(at.ssdb).sync140(options)],
])('%s of a client of SSDB refuses options that are none', async (name, call) => {
  expect(await badEnds(name, call as (wrong: unknown) => unknown)).toEqual([]);
});
