import type { AnyCommand, Endpoint, KvError, RouterHost } from '@kv/core';
import { expect, test } from 'vitest';
import { type ClusterView, Refresher } from './refresh.ts';

/** A server whose answers the test gives. */
interface Asked {
  readonly server: string;
  readonly answer: (epoch: number) => void;
}

/**
 * A refresher over servers that answer when the test says so.
 *
 * @param empty those that know of no slots
 */
function scripted(
  servers: readonly string[],
  empty: readonly string[] = [],
): {
  refresher: Refresher;
  asked: Asked[];
  taken: number[];
  failures: KvError[];
} {
  const [asked, taken, failures]: [Asked[], number[], KvError[]] = [[], [], []];
  const endpoints = servers.map(
    (addressText) => ({ identity: { address: { host: 'h', port: 1 }, addressText, role: 'primary' } }) as Endpoint,
  );
  const send = (endpoint: Endpoint, { spec }: AnyCommand): Promise<unknown> => {
    const server = endpoint.identity.addressText;
    if (spec.name === 'CLUSTER SLOTS')
      return Promise.resolve(empty.includes(server) ? [] : [[0, 16_383, ['h', 1, 'id']]]);
    return new Promise((resolve) => {
      const answer = (epoch: number): void => resolve(`cluster_state:ok\r\ncluster_current_epoch:${epoch}\r\n`);
      asked.push({ server, answer });
    });
  };
  const owner = {
    isUrgent: false,
    candidates: () => [endpoints],
    apply: ({ info }: ClusterView) => taken.push(info.epoch) > 0,
    failed: (error: KvError) => void failures.push(error),
  };
  return { refresher: new Refresher({ send } as unknown as RouterHost, owner, 0), asked, taken, failures };
}

/** Lets everything run that waits for promises only. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('who asks for a round while another is under way waits for one that begins afterwards', async () => {
  const { refresher, asked } = scripted(['a']);
  refresher.trigger('earlier');
  let over = false;
  const round = refresher.round('later').then(() => {
    over = true;
  });
  asked[0]?.answer(1);
  await settled();
  expect(over).toBe(false);
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.answer(1);
  await round;
  expect(over).toBe(true);
});

test('who waits for a round is told when the refresher is closed', async () => {
  const { refresher } = scripted(['a']);
  const round = refresher.round('later');
  refresher.close();
  await round;
});

test('a later answer of the same round is taken when its server knows a higher epoch', async () => {
  const { refresher, asked, taken } = scripted(['a', 'b', 'c']);
  const round = refresher.round('test');
  asked[0]?.answer(5);
  await round;
  asked[1]?.answer(5);
  asked[2]?.answer(6);
  await settled();
  expect(taken).toEqual([5, 6]);
});

test('an answer of a lower epoch that comes too late does not make the client take older views', async () => {
  const { refresher, asked, taken } = scripted(['a', 'b']);
  const round = refresher.round('test');
  asked[0]?.answer(5);
  await round;
  asked[1]?.answer(3);
  await settled();
  const next = refresher.round('test');
  await expect.poll(() => asked.length).toBe(4);
  asked[2]?.answer(3);
  asked[3]?.answer(5);
  await next;
  expect(taken).toEqual([5, 5]);
});

test('a map without slots is taken when no server of the round has another', async () => {
  const { refresher, asked, taken, failures } = scripted(['a', 'b'], ['a', 'b']);
  const round = refresher.round('test');
  asked[0]?.answer(1);
  asked[1]?.answer(1);
  await round;
  expect([taken, failures]).toEqual([[1], []]);
});

test('a map without slots is not taken while a server has one with slots, though it is an older one', async () => {
  const { refresher, asked, taken, failures } = scripted(['a', 'b'], ['b']);
  const round = refresher.round('test');
  asked[0]?.answer(5);
  await round;
  asked[1]?.answer(6);
  await settled();
  const next = refresher.round('test');
  await expect.poll(() => asked.length).toBe(4);
  asked[2]?.answer(3);
  asked[3]?.answer(6);
  await next;
  expect(taken).toEqual([5]);
  expect(failures).toMatchObject([{ message: 'a has an older view of the cluster (epoch 3)' }]);
});
