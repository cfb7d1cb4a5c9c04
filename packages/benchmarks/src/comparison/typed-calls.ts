import type { Redis as OurRedis } from '@kv/redis';
import type { Redis as IoRedis } from 'ioredis';
import type { RedisClientType } from 'redis';

type None = Record<never, never>;

/** node-redis without modules, scripts and functions, in RESP2. */
export type NodeRedis = RedisClientType<None, None, None, 2>;

/** The same call in the words of each client. */
export type TypedCall = readonly [
  name: string,
  kv: (redis: OurRedis) => Promise<unknown>,
  ioredis: (redis: IoRedis) => Promise<unknown>,
  nodeRedis: (redis: NodeRedis) => Promise<unknown>,
];

const bytes = Buffer.from([0, 255, 13, 10]);

/** Calls that every client offers as typed methods, from every group, with the options that differ most in form. */
export const typedCalls: readonly TypedCall[] = [
  ['get', (r) => r.get('k'), (r) => r.get('k'), (r) => r.get('k')],
  ['set', (r) => r.set('k', 'v'), (r) => r.set('k', 'v'), (r) => r.set('k', 'v')],
  ['set empty', (r) => r.set('', ''), (r) => r.set('', ''), (r) => r.set('', '')],
  ['set UTF-8', (r) => r.set('é€𐍈', '𐍈'), (r) => r.set('é€𐍈', '𐍈'), (r) => r.set('é€𐍈', '𐍈')],
  ['set bytes', (r) => r.set('k', bytes), (r) => r.set('k', bytes), (r) => r.set('k', bytes)],
  ['set number', (r) => r.set('k', 1.5), (r) => r.set('k', 1.5), (r) => r.set('k', 1.5)],
  ['set 1e21', (r) => r.set('k', 1e21), (r) => r.set('k', 1e21), (r) => r.set('k', 1e21)],
  ['set EX', (r) => r.set('k', 'v', { ex: 5 }), (r) => r.set('k', 'v', 'EX', 5), (r) => r.set('k', 'v', { EX: 5 })],
  [
    'set NX PX',
    (r) => r.set('k', 'v', { nx: true, px: 5 }),
    (r) => r.set('k', 'v', 'PX', 5, 'NX'),
    (r) => r.set('k', 'v', { NX: true, PX: 5 }),
  ],
  [
    'set XX GET KEEPTTL',
    (r) => r.set('k', 'v', { xx: true, get: true, keepttl: true }),
    (r) => r.set('k', 'v', 'KEEPTTL', 'XX', 'GET'),
    (r) => r.set('k', 'v', { XX: true, GET: true, KEEPTTL: true }),
  ],
  ['getex', (r) => r.getex('k', { ex: 5 }), (r) => r.getex('k', 'EX', 5), (r) => r.getEx('k', { EX: 5 })],
  ['mget', (r) => r.mget('a', 'b'), (r) => r.mget('a', 'b'), (r) => r.mGet(['a', 'b'])],
  ['mset', (r) => r.mset({ a: 1, b: 2 }), (r) => r.mset({ a: 1, b: 2 }), (r) => r.mSet({ a: '1', b: '2' })],
  ['incrby', (r) => r.incrby('k', 5), (r) => r.incrby('k', 5), (r) => r.incrBy('k', 5)],
  ['incrbyfloat', (r) => r.incrbyfloat('k', 0.1), (r) => r.incrbyfloat('k', 0.1), (r) => r.incrByFloat('k', 0.1)],
  ['getrange', (r) => r.getrange('k', 0, -1), (r) => r.getrange('k', 0, -1), (r) => r.getRange('k', 0, -1)],
  ['setrange', (r) => r.setrange('k', 3, 'x'), (r) => r.setrange('k', 3, 'x'), (r) => r.setRange('k', 3, 'x')],
  ['append', (r) => r.append('k', 'x'), (r) => r.append('k', 'x'), (r) => r.append('k', 'x')],
  ['del', (r) => r.del('a', 'b'), (r) => r.del('a', 'b'), (r) => r.del(['a', 'b'])],
  ['exists', (r) => r.exists('a', 'b'), (r) => r.exists('a', 'b'), (r) => r.exists(['a', 'b'])],
  ['expire', (r) => r.expire('k', 5), (r) => r.expire('k', 5), (r) => r.expire('k', 5)],
  ['expire GT', (r) => r.expire('k', 5, { gt: true }), (r) => r.expire('k', 5, 'GT'), (r) => r.expire('k', 5, 'GT')],
  [
    'copy',
    (r) => r.copy('a', 'b', { replace: true }),
    (r) => r.copy('a', 'b', 'REPLACE'),
    (r) => r.copy('a', 'b', { REPLACE: true }),
  ],
  [
    'scan',
    (r) => r.scan(0, { match: 'a*', count: 10 }),
    (r) => r.scan(0, 'MATCH', 'a*', 'COUNT', 10),
    (r) => r.scan('0', { MATCH: 'a*', COUNT: 10 }),
  ],
  ['sort', (r) => r.sort('l', { desc: true }), (r) => r.sort('l', 'DESC'), (r) => r.sort('l', { DIRECTION: 'DESC' })],
  [
    'sort STORE',
    (r) => r.sort('l', { alpha: true, store: 'd' }),
    (r) => r.sort('l', 'ALPHA', 'STORE', 'd'),
    (r) => r.sortStore('l', 'd', { ALPHA: true }),
  ],
  ['hset', (r) => r.hset('h', { f: 1 }), (r) => r.hset('h', { f: 1 }), (r) => r.hSet('h', { f: 1 })],
  ['hmget', (r) => r.hmget('h', 'a', 'b'), (r) => r.hmget('h', 'a', 'b'), (r) => r.hmGet('h', ['a', 'b'])],
  ['hdel', (r) => r.hdel('h', 'a', 'b'), (r) => r.hdel('h', 'a', 'b'), (r) => r.hDel('h', ['a', 'b'])],
  ['hincrby', (r) => r.hincrby('h', 'f', 2), (r) => r.hincrby('h', 'f', 2), (r) => r.hIncrBy('h', 'f', 2)],
  ['hscan', (r) => r.hscan('h', 0), (r) => r.hscan('h', 0), (r) => r.hScan('h', '0')],
  [
    'hrandfield',
    (r) => r.hrandfield('h', 2, { withvalues: true }),
    (r) => r.hrandfield('h', 2, 'WITHVALUES'),
    (r) => r.hRandFieldCountWithValues('h', 2),
  ],
  ['rpush', (r) => r.rpush('l', 'a', 'b'), (r) => r.rpush('l', 'a', 'b'), (r) => r.rPush('l', ['a', 'b'])],
  ['lpop count', (r) => r.lpop('l', 2), (r) => r.lpop('l', 2), (r) => r.lPopCount('l', 2)],
  [
    'lpos',
    (r) => r.lpos('l', 'a', { rank: -1 }),
    (r) => r.lpos('l', 'a', 'RANK', -1),
    (r) => r.lPos('l', 'a', { RANK: -1 }),
  ],
  [
    'lmove',
    (r) => r.lmove('a', 'b', 'left', 'right'),
    (r) => r.lmove('a', 'b', 'LEFT', 'RIGHT'),
    (r) => r.lMove('a', 'b', 'LEFT', 'RIGHT'),
  ],
  [
    'linsert',
    (r) => r.linsert('l', 'before', 'a', 'b'),
    (r) => r.linsert('l', 'BEFORE', 'a', 'b'),
    (r) => r.lInsert('l', 'BEFORE', 'a', 'b'),
  ],
  [
    'lmpop',
    (r) => r.lmpop(['a', 'b'], 'left', { count: 2 }),
    (r) => r.lmpop(2, 'a', 'b', 'LEFT', 'COUNT', 2),
    (r) => r.lmPop(['a', 'b'], 'LEFT', { COUNT: 2 }),
  ],
  ['blpop', (r) => r.blpop(['a', 'b'], 1), (r) => r.blpop('a', 'b', 1), (r) => r.blPop(['a', 'b'], 1)],
  ['blpop fraction', (r) => r.blpop('a', 0.5), (r) => r.blpop('a', 0.5), (r) => r.blPop('a', 0.5)],
  ['sadd', (r) => r.sadd('s', 'a', 'b'), (r) => r.sadd('s', 'a', 'b'), (r) => r.sAdd('s', ['a', 'b'])],
  [
    'smismember',
    (r) => r.smismember('s', 'a', 'b'),
    (r) => r.smismember('s', 'a', 'b'),
    (r) => r.smIsMember('s', ['a', 'b']),
  ],
  [
    'sintercard',
    (r) => r.sintercard(['a', 'b'], { limit: 3 }),
    (r) => r.sintercard(2, 'a', 'b', 'LIMIT', 3),
    (r) => r.sInterCard(['a', 'b'], { LIMIT: 3 }),
  ],
  [
    'sdiffstore',
    (r) => r.sdiffstore('d', 'a', 'b'),
    (r) => r.sdiffstore('d', 'a', 'b'),
    (r) => r.sDiffStore('d', ['a', 'b']),
  ],
  ['spop count', (r) => r.spop('s', 2), (r) => r.spop('s', 2), (r) => r.sPopCount('s', 2)],
  ['zadd', (r) => r.zadd('z', 1, 'a'), (r) => r.zadd('z', 1, 'a'), (r) => r.zAdd('z', { score: 1, value: 'a' })],
  [
    'zadd NX CH',
    (r) => r.zadd('z', { score: 1, member: 'a' }, { nx: true, ch: true }),
    (r) => r.zadd('z', 'NX', 'CH', 1, 'a'),
    (r) => r.zAdd('z', { score: 1, value: 'a' }, { condition: 'NX', CH: true }),
  ],
  [
    'zadd inf',
    (r) => r.zadd('z', Infinity, 'a'),
    (r) => r.zadd('z', 'inf', 'a'),
    (r) => r.zAdd('z', { score: Infinity, value: 'a' }),
  ],
  ['zrange', (r) => r.zrange('z', 0, -1), (r) => r.zrange('z', '0', '-1'), (r) => r.zRange('z', '0', '-1')],
  [
    'zrange WITHSCORES',
    (r) => r.zrange('z', 0, -1, { withscores: true }),
    (r) => r.zrange('z', '0', '-1', 'WITHSCORES'),
    (r) => r.zRangeWithScores('z', '0', '-1'),
  ],
  [
    'zrange BYSCORE REV LIMIT',
    (r) => r.zrange('z', '+inf', '(1', { byscore: true, rev: true, limit: { offset: 0, count: 5 } }),
    (r) => r.zrange('z', '+inf', '(1', 'BYSCORE', 'REV', 'LIMIT', 0, 5),
    (r) => r.zRange('z', '+inf', '(1', { BY: 'SCORE', REV: true, LIMIT: { offset: 0, count: 5 } }),
  ],
  [
    'zunionstore',
    (r) => r.zunionstore('d', ['a', 'b'], { weights: [1, 2] }),
    (r) => r.zunionstore('d', 2, 'a', 'b', 'WEIGHTS', 1, 2),
    (r) =>
      r.zUnionStore('d', [
        { key: 'a', weight: 1 },
        { key: 'b', weight: 2 },
      ]),
  ],
  ['zmpop', (r) => r.zmpop(['a'], 'max'), (r) => r.zmpop(1, 'a', 'MAX'), (r) => r.zmPop('a', 'MAX')],
  ['bzpopmin', (r) => r.bzpopmin('z', 1), (r) => r.bzpopmin('z', 1), (r) => r.bzPopMin('z', 1)],
  ['zincrby', (r) => r.zincrby('z', 1.5, 'a'), (r) => r.zincrby('z', 1.5, 'a'), (r) => r.zIncrBy('z', 1.5, 'a')],
  ['xadd', (r) => r.xadd('s', '*', { f: 'v' }), (r) => r.xadd('s', '*', 'f', 'v'), (r) => r.xAdd('s', '*', { f: 'v' })],
  [
    'xadd MAXLEN',
    (r) => r.xadd('s', '*', { f: 'v' }, { maxlen: 10, approximate: true }),
    (r) => r.xadd('s', 'MAXLEN', '~', 10, '*', 'f', 'v'),
    (r) => r.xAdd('s', '*', { f: 'v' }, { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: 10 } }),
  ],
  [
    'xrange',
    (r) => r.xrange('s', '-', '+', { count: 2 }),
    (r) => r.xrange('s', '-', '+', 'COUNT', 2),
    (r) => r.xRange('s', '-', '+', { COUNT: 2 }),
  ],
  [
    'xread',
    (r) => r.xread({ a: '0', b: '$' }, { count: 1 }),
    (r) => r.xread('COUNT', 1, 'STREAMS', 'a', 'b', '0', '$'),
    (r) =>
      r.xRead(
        [
          { key: 'a', id: '0' },
          { key: 'b', id: '$' },
        ],
        { COUNT: 1 },
      ),
  ],
  [
    'xread BLOCK',
    (r) => r.xread({ a: '$' }, { block: 10 }),
    (r) => r.xread('BLOCK', 10, 'STREAMS', 'a', '$'),
    (r) => r.xRead({ key: 'a', id: '$' }, { BLOCK: 10 }),
  ],
  [
    'xreadgroup',
    (r) => r.xreadgroup('g', 'c', { a: '>' }, { count: 1 }),
    (r) => r.xreadgroup('GROUP', 'g', 'c', 'COUNT', 1, 'STREAMS', 'a', '>'),
    (r) => r.xReadGroup('g', 'c', { key: 'a', id: '>' }, { COUNT: 1 }),
  ],
  [
    'xack',
    (r) => r.xack('s', 'g', '1-0', '2-0'),
    (r) => r.xack('s', 'g', '1-0', '2-0'),
    (r) => r.xAck('s', 'g', ['1-0', '2-0']),
  ],
  [
    'xgroup create',
    (r) => r.xgroupCreate('s', 'g', '$', { mkstream: true }),
    (r) => r.xgroup('CREATE', 's', 'g', '$', 'MKSTREAM'),
    (r) => r.xGroupCreate('s', 'g', '$', { MKSTREAM: true }),
  ],
  [
    'xautoclaim',
    (r) => r.xautoclaim('s', 'g', 'c', 10, '0', { count: 5 }),
    (r) => r.xautoclaim('s', 'g', 'c', 10, '0', 'COUNT', 5),
    (r) => r.xAutoClaim('s', 'g', 'c', 10, '0', { COUNT: 5 }),
  ],
  [
    'geoadd',
    (r) => r.geoadd('g', { longitude: 1.5, latitude: 2, member: 'm' }),
    (r) => r.geoadd('g', 1.5, 2, 'm'),
    (r) => r.geoAdd('g', { longitude: 1.5, latitude: 2, member: 'm' }),
  ],
  [
    'geodist',
    (r) => r.geodist('g', 'a', 'b', 'km'),
    (r) => r.geodist('g', 'a', 'b', 'KM'),
    (r) => r.geoDist('g', 'a', 'b', 'km'),
  ],
  [
    'geosearch',
    (r) => r.geosearch('g', { member: 'm' }, { radius: 5, unit: 'km' }, { asc: true }),
    (r) => r.geosearch('g', 'FROMMEMBER', 'm', 'BYRADIUS', 5, 'km', 'ASC'),
    (r) => r.geoSearch('g', 'm', { radius: 5, unit: 'km' }, { SORT: 'ASC' }),
  ],
  ['setbit', (r) => r.setbit('b', 7, 1), (r) => r.setbit('b', 7, 1), (r) => r.setBit('b', 7, 1)],
  [
    'bitcount',
    (r) => r.bitcount('b', 0, -1),
    (r) => r.bitcount('b', 0, -1),
    (r) => r.bitCount('b', { start: 0, end: -1 }),
  ],
  [
    'bitop',
    (r) => r.bitop('and', 'd', 'a', 'b'),
    (r) => r.bitop('AND', 'd', 'a', 'b'),
    (r) => r.bitOp('AND', 'd', ['a', 'b']),
  ],
  ['pfadd', (r) => r.pfadd('p', 'a', 'b'), (r) => r.pfadd('p', 'a', 'b'), (r) => r.pfAdd('p', ['a', 'b'])],
  ['publish', (r) => r.publish('c', 'm'), (r) => r.publish('c', 'm'), (r) => r.publish('c', 'm')],
  [
    'eval',
    (r) => r.eval('return 1', ['k'], 'a'),
    (r) => r.eval('return 1', 1, 'k', 'a'),
    (r) => r.eval('return 1', { keys: ['k'], arguments: ['a'] }),
  ],
  [
    'fcall',
    (r) => r.fcall('f', ['k'], 'a'),
    (r) => r.fcall('f', 1, 'k', 'a'),
    (r) => r.fCall('f', { keys: ['k'], arguments: ['a'] }),
  ],
  [
    'script exists',
    (r) => r.scriptExists('a'.repeat(40)),
    (r) => r.script('EXISTS', 'a'.repeat(40)),
    (r) => r.scriptExists('a'.repeat(40)),
  ],
  ['config get', (r) => r.configGet('max*'), (r) => r.config('GET', 'max*'), (r) => r.configGet('max*')],
  ['config set', (r) => r.configSet({ a: 1 }), (r) => r.config('SET', 'a', 1), (r) => r.configSet({ a: '1' })],
  ['info', (r) => r.info('server'), (r) => r.info('server'), (r) => r.info('server')],
  ['flushdb', (r) => r.flushdb(), (r) => r.flushdb(), (r) => r.flushDb()],
  ['object encoding', (r) => r.objectEncoding('k'), (r) => r.object('ENCODING', 'k'), (r) => r.objectEncoding('k')],
  [
    'memory usage',
    (r) => r.memoryUsage('k', { samples: 5 }),
    (r) => r.memory('USAGE', 'k', 'SAMPLES', 5),
    (r) => r.memoryUsage('k', { SAMPLES: 5 }),
  ],
  ['dbsize', (r) => r.dbsize(), (r) => r.dbsize(), (r) => r.dbSize()],
  ['acl whoami', (r) => r.aclWhoami(), (r) => r.acl('WHOAMI'), (r) => r.aclWhoAmI()],
];
