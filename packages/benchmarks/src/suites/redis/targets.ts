import { cpu, type Results, rate } from '../../report/results.ts';
import { atLeast, atMost, best, type Target } from '../../report/targets.ts';

/** Clients in JavaScript on Node; Bun's is native code and has targets of its own. */
const peers = ['ioredis', 'ioredis-plain', 'node-redis', 'glide'];

const againstPeers: readonly (readonly [workload: string, title: string, wanted: number])[] = [
  ['get-c1000', 'GET c1000', 6],
  ['get-c64', 'GET c64', 2.5],
  ['get-c1', 'GET c1', 1],
  ['set-c1000', 'SET c1000', 6],
  ['mget-100-c50', 'MGET 100 keys', 2],
  ['lrange-1000-c10', 'LRANGE 1000', 2],
  ['hgetall-100-c50', 'HGETALL 100', 2],
  ['get-4-kb-c64', 'GET 4 kB', 2],
  ['set-4-kb-c64', 'SET 4 kB', 2],
  ['get-64-kb-c16', 'GET 64 kB', 2],
];

const againstBun: typeof againstPeers = [
  ['get-1-mb-c4-bytes', 'GET 1 MB bytes', 1],
  ['set-1-mb-c4-bytes', 'SET 1 MB bytes', 1],
  ['set-1-mb-c4-text', 'SET 1 MB text', 1],
  ['get-1-mb-c4-text', 'GET 1 MB text', 0.6],
];

/** What the Redis client shall reach. Ratios within one comparison only. */
export function targets(results: Results): Target[] {
  const of = (workload: string, client: string): number | undefined => rate(results, workload, client);
  return [
    ...againstPeers.flatMap(([workload, title, wanted]) => {
      const peer = best(peers.map((name) => of(workload, name)));
      return atLeast(`${title} / best JS peer`, wanted, of(workload, 'kv'), peer);
    }),
    ...againstBun.flatMap(([workload, title, wanted]) =>
      atLeast(`${title} / Bun`, wanted, of(workload, 'kv'), of(workload, 'bun')),
    ),
    ...atLeast('GET c64 / redis-benchmark', 0.6, of('get-c64', 'kv'), of('get-c64', 'c')),
    ...atLeast('GET c1000 / redis-benchmark', 0.6, of('get-c1000', 'kv'), of('get-c1000', 'c')),
    ...atMost(
      'client CPU per GET c1000 / ioredis',
      0.2,
      cpu(results, 'get-c1000', 'kv'),
      cpu(results, 'get-c1000', 'ioredis'),
    ),
  ];
}
