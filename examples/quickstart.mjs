// Three servers in one app: Redis for structures, SSDB for sorted data on disk, Gibson for a cache cleared by prefix.
//
//   npm run quickstart
//   REDIS_URL=redis://localhost SSDB_URL=ssdb://localhost GIBSON_URL=gibson://localhost npm run quickstart
//
// Without addresses the servers run inside this process. Keys begin with "quickstart:" and are removed at the end.
import process from 'node:process';
import { createGibson, keyValue as onGibson } from '@kv/gibson';
import { createRedis, keyValue as onRedis } from '@kv/redis';
import { createSsdb, keyValue as onSsdb } from '@kv/ssdb';

const { REDIS_URL = 'embedded:', SSDB_URL = 'embedded:', GIBSON_URL = 'embedded:' } = process.env;
const prefix = 'quickstart:';

// Clients connect with their first command. The prefix is put before every key by the client.
const redis = createRedis(REDIS_URL, { keyPrefix: prefix });
const ssdb = createSsdb(SSDB_URL, { keyPrefix: prefix });
const gibson = createGibson(GIBSON_URL, { keyPrefix: prefix });

try {
  title(`Redis (${REDIS_URL}): structures, and several commands as one`);
  show("set('visits', 41)", await redis.set('visits', 41));
  show("incr('visits')", await redis.incr('visits'));
  await redis.hset('user:7', { name: 'Ada', city: 'London' });
  show("hgetall('user:7')", await redis.hgetall('user:7'));
  await redis.zadd('scores', [
    { member: 'ada', score: 3 },
    { member: 'bob', score: 5 },
  ]);
  show("zrevrange('scores', 0, -1)", await redis.zrevrange('scores', 0, -1));
  await redis.set('stock', 10);
  const multi = redis.multi(); // collects; execute() gives the results
  void multi.decr('stock');
  void multi.incr('sold');
  show('multi: decr, incr', await multi.execute());

  title(`SSDB (${SSDB_URL}): keys in order, so ranges are cheap`);
  await ssdb.multiSet({ 'log:03': 'paid', 'log:01': 'ordered', 'log:02': 'packed' });
  const log = [];
  for await (const [key, value] of ssdb.scanIterator({ prefix: 'log:' })) log.push(`${key} ${value}`);
  show("scanIterator({ prefix: 'log:' })", log);
  await ssdb.qpush('mail', 'first', 'second');
  show("qpop('mail')", await ssdb.qpop('mail'));

  title(`Gibson (${GIBSON_URL}): one command for everything below a prefix`);
  await Promise.all(['a', 'b', 'c'].map((name) => gibson.set(`page:${name}`, `<h1>${name}</h1>`, { ttl: 60 })));
  show("count('page:')", await gibson.count('page:'));
  show("mdel('page:')", await gibson.mdel('page:'));
  show("get('page:a')", await gibson.get('page:a'));

  title('The same code on all three: keyValue()');
  const stores = { redis: onRedis(redis), ssdb: onSsdb(ssdb), gibson: onGibson(gibson, { prefix: 'kv:' }) };
  for (const [name, kv] of Object.entries(stores)) {
    await kv.setMany({ 'cart:1': 'apples', 'cart:2': 'pears' }, { ttl: 60_000 });
    const values = await kv.getMany(['cart:1', 'cart:2', 'cart:3']);
    show(name, { values, seconds: Math.round((await kv.ttl('cart:1')) / 1000), cleared: await kv.clear('cart:') });
  }

  title('Errors say what happened');
  await redis.lpush('list', 'a');
  await redis.incr('list').catch(({ code, outcome, message }) => show("incr('list')", { code, outcome, message }));
  await gibson.set('two words', 1).catch(({ code, outcome }) => show("gibson.set('two words')", { code, outcome }));
} finally {
  await Promise.all([onRedis(redis).clear(''), onSsdb(ssdb).clear(''), ssdb.qclear('mail'), gibson.mdel('page:')]);
  await Promise.all([redis.close(), ssdb.close(), gibson.close()]);
}

function title(text) {
  console.log(`\n${text}`);
}

function show(call, result) {
  console.log(`  ${call.padEnd(34)}`, result);
}
