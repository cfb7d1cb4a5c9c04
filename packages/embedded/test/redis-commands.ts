import fc from 'fast-check';

/**
 * Command lines with letters for what is chosen: K key, V value, I integer, F float, M member of a set (an integer:
 * only then the order of a reply is fixed), S member of a sorted set or field, P pattern, T time far away, C count.
 */
const lines = `
GET K|SET K V|SET K V NX|SET K V XX|SET K V GET|SET K V XX GET|SET K V KEEPTTL|SET K V EX T|SET K V PX T KEEPTTL|SET K I
SETNX K V|SETEX K T V|PSETEX K T V|GETSET K V|GETDEL K|GETEX K|GETEX K PERSIST|GETEX K EX T|APPEND K V|STRLEN K
GETRANGE K I I|SUBSTR K I I|SETRANGE K C V|INCR K|DECR K|INCRBY K I|DECRBY K I|INCRBYFLOAT K F|SET K F
MGET K K K|MSET K V K V|MSETNX K V K V|SETBIT K C 1|SETBIT K C 0|GETBIT K C|BITCOUNT K|BITCOUNT K I I|BITCOUNT K I I BIT
BITPOS K 1|BITPOS K 0|BITPOS K 0 I|BITPOS K 1 I I|BITPOS K 0 I I BIT|BITOP AND K K K|BITOP OR K K K|BITOP XOR K K|BITOP NOT K K
BITFIELD K GET u8 C INCRBY i5 C I|BITFIELD K OVERFLOW SAT SET u4 #C I|BITFIELD K OVERFLOW FAIL INCRBY i8 C I|BITFIELD_RO K GET i16 C
DEL K|DEL K K|UNLINK K|EXISTS K K|TYPE K|TOUCH K K|RENAME K K|RENAMENX K K|COPY K K|COPY K K REPLACE|COPY K K DB 1|MOVE K 1|SELECT 1|SELECT 0
EXPIRE K T|EXPIRE K T NX|EXPIRE K T XX|EXPIRE K T GT|EXPIRE K T LT|EXPIRE K I NX XX|EXPIREAT K 4102444800|PEXPIREAT K 4102444800123 GT
PEXPIRE K -1|TTL K|EXPIRETIME K|PERSIST K|DBSIZE|SWAPDB 0 1|FLUSHDB|OBJECT ENCODING K|OBJECT REFCOUNT K
HSET K S V|HSET K S V S V|HSETNX K S V|HGET K S|HMGET K S S|HMSET K S V|HGETALL K|HKEYS K|HVALS K|HLEN K|HEXISTS K S|HSTRLEN K S
HDEL K S|HDEL K S S|HINCRBY K S I|HINCRBYFLOAT K S F|HSCAN K 0|HSCAN K 0 MATCH P COUNT 5
LPUSH K V|LPUSH K V V|RPUSH K V V|LPUSHX K V|RPUSHX K V|LPOP K|RPOP K|LPOP K C|RPOP K C|LLEN K|LRANGE K I I|LINDEX K I|LSET K I V
LINSERT K BEFORE V V|LINSERT K AFTER V V|LREM K I V|LTRIM K I I|LPOS K V|LPOS K V RANK I|LPOS K V COUNT C RANK I|LPOS K V COUNT C MAXLEN C
RPOPLPUSH K K|LMOVE K K LEFT RIGHT|LMOVE K K RIGHT LEFT|LMPOP 2 K K LEFT|LMPOP 1 K RIGHT COUNT C|BLPOP K K 0.01|BRPOP K 0.01
BLMOVE K K LEFT LEFT 0.01|BLMPOP 0.01 2 K K LEFT COUNT C|BRPOPLPUSH K K 0.01|SORT K|SORT K ALPHA DESC|SORT K LIMIT I C|SORT K BY nosort GET #
SORT K BY *_w GET # STORE K|SORT_RO K DESC
SADD K M M|SADD K M|SREM K M|SCARD K|SISMEMBER K M|SMISMEMBER K M M|SMEMBERS K|SMOVE K K M|SINTER K K|SUNION K K|SDIFF K K
SINTERSTORE K K K|SUNIONSTORE K K K|SDIFFSTORE K K K|SINTERCARD 2 K K|SINTERCARD 2 K K LIMIT C|SSCAN K 0
ZADD K F S|ZADD K F S F S|ZADD K NX F S|ZADD K XX F S|ZADD K GT CH F S|ZADD K LT F S|ZADD K CH F S F S|ZADD K INCR F S|ZADD K XX INCR F S
ZINCRBY K F S|ZSCORE K S|ZMSCORE K S S|ZCARD K|ZREM K S|ZRANK K S|ZREVRANK K S|ZCOUNT K F F|ZCOUNT K (F +inf|ZLEXCOUNT K - +|ZLEXCOUNT K [S (S
ZRANGE K I I|ZRANGE K I I WITHSCORES|ZRANGE K I I REV|ZRANGE K F F BYSCORE|ZRANGE K F F BYSCORE REV LIMIT I I WITHSCORES|ZRANGE K [S + BYLEX
ZREVRANGE K I I WITHSCORES|ZRANGEBYSCORE K F F|ZRANGEBYSCORE K (F F WITHSCORES LIMIT I C|ZREVRANGEBYSCORE K F F|ZRANGEBYLEX K - [S|ZREVRANGEBYLEX K + (S
ZRANGESTORE K K I I|ZREMRANGEBYRANK K I I|ZREMRANGEBYSCORE K F F|ZREMRANGEBYLEX K [S [S|ZPOPMIN K|ZPOPMAX K|ZPOPMIN K C|ZPOPMAX K C
ZMPOP 2 K K MIN|ZMPOP 1 K MAX COUNT C|BZPOPMIN K K 0.01|BZPOPMAX K 0.01|BZMPOP 0.01 1 K MIN|ZSCAN K 0
ZUNION 2 K K|ZUNION 2 K K WITHSCORES|ZUNION 2 K K WEIGHTS F F AGGREGATE MAX WITHSCORES|ZINTER 2 K K WITHSCORES|ZDIFF 2 K K WITHSCORES
ZUNIONSTORE K 2 K K|ZINTERSTORE K 2 K K AGGREGATE MIN|ZDIFFSTORE K 2 K K|ZINTERCARD 2 K K LIMIT C
MULTI|MULTI|EXEC|EXEC|EXEC|DISCARD|WATCH K|UNWATCH
SUBSCRIBE S|UNSUBSCRIBE S|PSUBSCRIBE P|PUNSUBSCRIBE P|PUBLISH S V|SSUBSCRIBE S|SUNSUBSCRIBE S|SPUBLISH S V|PUBSUB NUMSUB S|PUBSUB NUMPAT
PING|PING V|ECHO V|HELLO 2|HELLO 3|HELLO 4|RESET|CLIENT SETNAME S|CLIENT GETNAME|CLIENT NO-EVICT on|CLIENT UNBLOCK 999|CLIENT KILL ID 999
AUTH V|CONFIG GET maxmemory|COMMAND GETKEYS MSET K V K V|NOSUCH K V|CLIENT NOSUCH|OBJECT NOSUCH K|LOLWUT VERSION 1|SCAN x
MOVE K D|SELECT D|COPY K K DB D|PUBSUB CHANNELS P V|PUBSUB SHARDCHANNELS P V|SSCAN K D
`;

/** What the letters in command lines stand for. */
export type Words = Readonly<Record<string, fc.Arbitrary<string>>>;

/** What the letters above stand for. */
export const words: Words = {
  K: fc.constantFrom('a', 'b', 'c', 'a_w'),
  V: fc.constantFrom(
    '',
    '1',
    '-7',
    'x',
    'abc',
    'A longer text, to cut from',
    '9223372036854775807',
    '2.50',
    'é',
    '\r\n"',
  ),
  I: fc.constantFrom('0', '1', '2', '-1', '-2', '5', '100', '-100', '9223372036854775807', '1.5', 'x', ''),
  F: fc.constantFrom(
    '1',
    '2.5',
    '-3',
    '1e3',
    '0.1',
    '1e-7',
    '3.0',
    'inf',
    '-inf',
    'nan',
    'x',
    '123456789.123',
    '1e20',
    '.5',
    '',
  ),
  M: fc.constantFrom('1', '2', '3', '-5', '40', '9223372036854775807'),
  S: fc.constantFrom('a', 'b', 'bb', 'c', '5', 'é'),
  P: fc.constantFrom('*', 'a*', '?', '[ab]', '[^a]*', 'b\\b'),
  T: fc.constantFrom('10000', '20000', '-1', '0', 'x', '9223372036854775807'),
  C: fc.constantFrom('0', '1', '2', '3', '10', '-1', 'x'),
  D: fc.constantFrom('99', '-2147483649', '2147483648', '18446744073709551616', '-18446744073709551616', 'x'),
};

function chosen(word: string, choices: Words): fc.Arbitrary<string> {
  const letter = word.at(-1) ?? '';
  const isChoice = word.length === 1 || /^[([#][A-Z]$/.test(word);
  const arbitrary = isChoice ? choices[letter] : undefined;
  return arbitrary === undefined ? fc.constant(word) : arbitrary.map((text) => word.slice(0, -1) + text);
}

/** A command of one of the lines that mostly makes sense; now and then a word is missing or too many. */
export function commandOf(text: string, choices: Words): fc.Arbitrary<string[]> {
  const templates = text
    .trim()
    .split(/[\n|]/)
    .map((line) => line.split(' '));
  const wellFormed = fc
    .constantFrom(...templates)
    .chain((template) => fc.tuple(...template.map((word) => chosen(word, choices))));
  return fc.oneof(
    { weight: 20, arbitrary: wellFormed },
    { weight: 1, arbitrary: wellFormed.map((command) => command.slice(0, -1)).filter((command) => command.length > 0) },
    { weight: 1, arbitrary: wellFormed.map((command) => [...command, '-77']) },
  );
}

/** Any command of the lines above. */
export const anyCommand: fc.Arbitrary<string[]> = commandOf(lines, words);
