import { bulk } from '@kv/testkit/topology/resp-text';
import { evenly } from '@kv/testkit/topology/scripted-cluster';
import { expect, test } from 'vitest';
import { answers, failureOf, two, until } from './scripted.ts';

test('scanIterator waits for a map with owners when its server has left and the next map is empty [#150]', async () => {
  const { cluster, a, b, redis } = await two({ timeout: 500, refreshInterval: 20 });
  cluster.tell(evenly([a]));
  const row = `${a.id} ${a.address}@1 myself,master - 0 0 1 connected 0-16383\n`;
  a.answer = answers({
    CLUSTER: ({ args }) => (args[0] === 'NODES' ? bulk(row) : undefined),
    SCAN: '*2\r\n$1\r\n5\r\n*1\r\n$1\r\nx\r\n',
  });
  const keys = redis.scanIterator();
  expect(await keys.next()).toEqual({ done: false, value: 'x' });
  cluster.tell({ ...evenly([b]), epoch: 2 });
  await until('the other server', () => redis.nodes().some(({ address }) => address === b.address));
  cluster.tell({ epoch: 3, ranges: [] });
  await until('a map without servers', () => redis.nodes().length === 0);
  const failure = await failureOf(keys.next());
  expect(failure).toMatchObject({ message: 'SCAN: slots have no server (16384 after 500 ms)', code: 'TIMEOUT' });
});
