/** Redis commands on an SSDB port: another name and order of arguments in, another notation out. */

import { pairsOf } from '../pairs.ts';
import type { Reply } from './command.ts';

type Shape = 'status' | 'integer' | 'bulk' | 'list' | 'values';

interface Translation {
  readonly name: string;
  readonly shape: Shape;
  arrange?(args: readonly string[]): readonly string[];
}

const swapLastTwo = (args: readonly string[]): string[] => [...args.slice(0, -2), ...args.slice(-2).reverse()];
const NO_LIMIT = '-1';

/** ZADD has score before member. */
const membersFirst = ([key = '', ...rest]: readonly string[]): string[] => [
  key,
  ...pairsOf(rest).flatMap(([score, member]) => [member, score]),
];
const openInfinity = (bound = ''): string => (/^[+-]?inf$/i.test(bound) ? '' : bound);
const byScore = ([key = '', min, max]: readonly string[]): string[] => [key, openInfinity(min), openInfinity(max)];

function to(name: string, shape: Shape, arrange?: Translation['arrange']): Translation {
  return arrange === undefined ? { name, shape } : { name, shape, arrange };
}

const translations: Readonly<Record<string, Translation>> = {
  get: to('get', 'bulk'),
  set: to('set', 'status'),
  setex: to('setx', 'status', swapLastTwo),
  setnx: to('setnx', 'integer'),
  getset: to('getset', 'bulk'),
  del: to('multi_del', 'integer'),
  incr: to('incr', 'integer'),
  incrby: to('incr', 'integer'),
  decr: to('decr', 'integer'),
  decrby: to('decr', 'integer'),
  exists: to('exists', 'integer'),
  expire: to('expire', 'integer'),
  ttl: to('ttl', 'integer'),
  strlen: to('strlen', 'integer'),
  getrange: to('getrange', 'bulk'),
  getbit: to('getbit', 'integer'),
  setbit: to('setbit', 'integer'),
  bitcount: to('bitcount', 'integer'),
  mget: to('multi_get', 'values'),
  mset: to('multi_set', 'status'),
  hset: to('hset', 'integer'),
  hget: to('hget', 'bulk'),
  hdel: to('multi_hdel', 'integer'),
  hexists: to('hexists', 'integer'),
  hincrby: to('hincr', 'integer'),
  hlen: to('hsize', 'integer'),
  hgetall: to('hgetall', 'list'),
  hkeys: to('hkeys', 'list', ([key = '']) => [key, '', '', NO_LIMIT]),
  hvals: to('hvals', 'list', ([key = '']) => [key, '', '', NO_LIMIT]),
  hmget: to('multi_hget', 'values'),
  hmset: to('multi_hset', 'status'),
  zadd: to('multi_zset', 'integer', membersFirst),
  zrem: to('multi_zdel', 'integer'),
  zscore: to('zget', 'bulk'),
  zincrby: to('zincr', 'bulk', swapLastTwo),
  zcard: to('zsize', 'integer'),
  zcount: to('zcount', 'integer', byScore),
  zrank: to('zrank', 'integer'),
  zrevrank: to('zrrank', 'integer'),
  zremrangebyrank: to('zremrangebyrank', 'integer'),
  zremrangebyscore: to('zremrangebyscore', 'integer', byScore),
  lpush: to('qpush_front', 'integer'),
  rpush: to('qpush_back', 'integer'),
  lpop: to('qpop_front', 'bulk'),
  rpop: to('qpop_back', 'bulk'),
  llen: to('qsize', 'integer'),
  lindex: to('qget', 'bulk'),
  lrange: to('qslice', 'list'),
  lset: to('qset', 'status'),
  auth: to('auth', 'status'),
  flushdb: to('flushdb', 'status'),
};

/** A Redis request as SSDB's own command; what is not known stays as it is. */
export function translate(blocks: readonly string[]): readonly string[] {
  const [name = '', ...args] = blocks;
  const known = Object.hasOwn(translations, name) ? translations[name] : undefined;
  return known === undefined ? blocks : [known.name, ...(known.arrange?.(args) ?? args)];
}

/** A reply in Redis notation; `request` is what the client sent. */
export function redisReply(reply: Reply, request: readonly string[]): string {
  const [status = '', ...body] = reply;
  const name = request[0] ?? '';
  const shape = Object.hasOwn(translations, name) ? translations[name]?.shape : undefined;
  if (status === 'not_found') return '$-1\r\n';
  if (status !== 'ok') return `-ERR ${body[0] ?? status}\r\n`;
  if (name === 'ping') return '+PONG\r\n';
  if (shape === 'status') return '+OK\r\n';
  if (shape === 'integer') return `:${body[0] ?? '0'}\r\n`;
  if (shape === 'values') return values(body, request.slice(name === 'hmget' ? 2 : 1));
  if (shape === 'list' || body.length > 1) return `*${body.length}\r\n${body.map(bulk).join('')}`;
  return body[0] === undefined ? '+OK\r\n' : bulk(body[0]);
}

/** The values of the keys that were asked for, in that order; missing ones are null. */
function values(found: readonly string[], asked: readonly string[]): string {
  const known = new Map(pairsOf(found));
  return `*${asked.length}\r\n${asked.map((key) => bulk(known.get(key))).join('')}`;
}

function bulk(value: string | undefined): string {
  return value === undefined ? '$-1\r\n' : `$${value.length}\r\n${value}\r\n`;
}
