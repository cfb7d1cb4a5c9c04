import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SentinelRig, startSentinels } from '../src/topology/sentinels.ts';

let rig: SentinelRig;
beforeAll(async () => {
  rig = await startSentinels({ replicas: 2, sentinels: 3, downAfter: 1000 });
});
afterAll(() => rig.close());

test('all sentinels name the primary, and its replicas have what it has', async () => {
  for (const sentinel of rig.sentinels) expect(await rig.namedBy(sentinel)).toBe(rig.servers[0]);
  expect(rig.url).toMatch(/^redis\+sentinel:\/\/127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\/main$/);
  await rig.primary.ask('SET', 'key', 'v');
  await rig.primary.ask('WAIT', 2, 1000);
  for (const server of rig.servers) expect(await server.ask('GET', 'key')).toBe('v');
});

test('an orderly failover names another primary, with the times at which that was seen', async () => {
  const old = rig.primary;
  const began = performance.now();
  const { node, firstAt, allAt } = await rig.failover();
  expect(node).not.toBe(old);
  expect(rig.primary).toBe(node);
  expect([began, firstAt, allAt]).toEqual([began, firstAt, allAt].sort((a, b) => a - b));
  expect(await node.ask('GET', 'key')).toBe('v');
});

test('a killed primary is replaced, and returns as a primary that accepts writes', async () => {
  const old = rig.primary;
  await rig.kill(old);
  const { node } = await rig.waitForNewPrimary(old);
  expect(await node.ask('SET', 'key', 'new')).toBe('OK');
  await rig.restart(old);
  expect(await old.ask('SET', 'key', 'lost')).toBe('OK');
  expect(rig.primary).toBe(node);
});

test('a frozen primary is replaced, and says that it is one after its thaw', async () => {
  const old = rig.primary;
  rig.freeze(old);
  const { node } = await rig.waitForNewPrimary(old);
  rig.thaw(old);
  expect(await old.ask('ROLE')).toContain('master');
  for (const sentinel of rig.sentinels) expect(await rig.namedBy(sentinel)).toBe(node);
});
