// A leaderboard: points are added, the best are listed, anybody can ask for their own rank. Both Redis and SSDB have
// sorted sets; the names differ, the idea does not.
//
//   npm run example examples/leaderboard.ts          (REDIS_URL, SSDB_URL for servers of your own)
import { createRedis } from '@kv/redis';
import { createSsdb } from '@kv/ssdb';

interface Leaderboard {
  add(player: string, points: number): Promise<number>;
  best(count: number): Promise<readonly { readonly member: string; readonly score: number }[]>;
  /** 1 = the best; `null` = has no points. */
  rank(player: string): Promise<number | null>;
  clear(): Promise<unknown>;
}

const { REDIS_URL = 'embedded:', SSDB_URL = 'embedded:' } = process.env;
await using redis = createRedis(REDIS_URL);
await using ssdb = createSsdb(SSDB_URL);
const name = 'example:leaderboard';
const place = (rank: number | null): number | null => (rank === null ? null : rank + 1);

const onRedis: Leaderboard = {
  add: (player, points) => redis.zincrby(name, points, player),
  best: (count) => redis.zrange(name, 0, count - 1, { rev: true, withscores: true }),
  rank: async (player) => place(await redis.zrevrank(name, player)),
  clear: () => redis.del(name),
};

// The rank in SSDB is found by walking the set: fine for thousands, not for millions.
const onSsdb: Leaderboard = {
  add: (player, points) => ssdb.zincr(name, player, points),
  best: (count) => ssdb.zrrange(name, 0, count),
  rank: async (player) => place(await ssdb.zrrank(name, player)),
  clear: () => ssdb.zclear(name),
};

for (const [backend, board] of Object.entries({ redis: onRedis, ssdb: onSsdb })) {
  await board.clear();
  const rounds: [string, number][] = [
    ['ada', 30],
    ['bob', 20],
    ['cleo', 45],
    ['bob', 40],
    ['dan', 5],
  ];
  for (const [player, points] of rounds) await board.add(player, points);
  const best = (await board.best(3)).map(({ member, score }, i) => `${i + 1}. ${member} ${score}`);
  console.log(
    `${backend.padEnd(6)} ${best.join('   ')}   ada: ${await board.rank('ada')}   eve: ${await board.rank('eve')}`,
  );
  await board.clear();
}
