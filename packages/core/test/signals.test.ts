import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemoryServer } from '@kv/testkit/memory-transport';
import { expect, it } from 'vitest';
import { line, lineClient } from './line-protocol.ts';

const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    ({ code, outcome }: { code: string; outcome: string }) => `${code} ${outcome}`,
  );

// A listener per call on a shared signal leaks.
it('78, pain 19: a million calls on one shared AbortSignal leave no listener, and never more than one', async () => {
  const server = new MemoryServer({
    onConnect: (peer) => {
      // One reply per line, without keeping what was written.
      peer.onData = (bytes) => peer.send('+1\n'.repeat(bytes.filter((byte) => byte === 10).length));
      peer.forgetful = true;
    },
  });
  const client = lineClient({ address: server, timeout: 60_000, maxQueueBytes: 1e8 });
  const { signal } = new AbortController();
  const command = line('a');
  let most = 0;
  for (let round = 0; round < 100; round++) {
    const calls = Array.from({ length: 10_000 }, () => client.send(command, { signal }));
    most = Math.max(most, getEventListeners(signal, 'abort').length);
    await Promise.all(calls);
  }
  expect(most).toBe(1);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(client.stats().commands['a']).toMatchObject({ count: 1_000_000, errors: 0 });
  await client.close();
}, 120_000);

// What is written to a server that stalls must not keep its payload after the deadline (valkey-glide#5487).
it('pain 6: the payload of calls is released at their deadline although the server has not answered', async () => {
  const server = new MemoryServer({
    onConnect: (peer) => {
      peer.forgetful = true;
    },
  });
  const client = lineClient({ address: server, timeout: 20, maxQueueBytes: 1e9 });
  await client.connect();
  const round = async (): Promise<number> => {
    const value = 'v'.repeat(10);
    const calls = Array.from({ length: 200 }, (_, i) => outcome(client.send(line(`set ${i}${value.repeat(1000)}`))));
    for (const ended of await Promise.all(calls)) expect(ended).toMatch(/unknown$|TIMEOUT notSent/);
    await turn();
    return heap();
  };
  const first = await round();
  let last = first;
  for (let i = 0; i < 10; i++) last = await round();
  expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0 });
  // Ten more rounds carried 20 MB; what stays of them is abandoned requests.
  expect(last - first).toBeLessThan(6_000_000);
  await client.close({ timeout: 0 });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
