import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { type Calls, connected, cutOff, failure, filled, proxied, type Start, until } from './failure-backend.ts';

const lost = { code: 'CONNECTION', outcome: 'unknown', attempts: 1 };

/** Behaviors 72 to 75: what becomes of commands whose connection is lost. */
export function lossCases(start: Start): void {
  unsentCases(start);
  sentCases(start);
  retryCases(start);
  budgetCases(start);
}

function unsentCases(start: Start): void {
  test('a connection that is accepted and closed unserved gets no call: calls run once on the next one', async () => {
    const { proxy, client } = await proxied(start);
    proxy.faults = (_, index) => (index === 0 ? { toClient: { cutAfter: 1 } } : {});
    const counter = start.key();
    expect(await Promise.all(Array.from({ length: 3 }, async () => Number(await client.count(counter))))).toEqual([
      1, 2, 3,
    ]);
    expect(proxy.total).toBe(2);
  });

  test('72: commands that were not sent survive a cut, and run once', async () => {
    const { proxy, client } = await connected(start);
    const [counter, key] = [start.key(), start.key()];
    const filler = await filled(start, { proxy, client });
    const calls = [client.count(counter), client.write(key, 'v'), client.read(counter)];
    await new Promise(setImmediate);
    proxy.cut();
    expect(await filler.end).toMatchObject(lost);
    const [count, , read] = await Promise.all(calls);
    expect([Number(count), read]).toEqual([1, '1']);
    expect([await start.direct().read(counter), await start.direct().read(key)]).toEqual(['1', 'v']);
  });

  test('72: what is called while the server is away runs once when it is back', async () => {
    const { proxy, client } = await cutOff(start);
    const counter = start.key();
    const calls = Promise.all(Array.from({ length: 20 }, () => client.count(counter)));
    await proxy.accept();
    expect(new Set((await calls).map(Number))).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i + 1)));
    expect(await start.direct().read(counter)).toBe('20');
  });
}

function sentCases(start: Start): void {
  test('73, pain 1, pain 4: a write that was sent and did not arrive may have run: it rejects, and is not repeated', async () => {
    const { proxy, client, line } = await connected(start);
    const counter = start.key();
    proxy.stall();
    const before = line.fromClient;
    const count = failure(client.count(counter));
    await until(() => line.fromClient > before);
    proxy.cut();
    expect(await count).toMatchObject(lost);
    expect(await client.read(counter)).toBeNull();
  });

  test('73, pain 1, pain 4: a write whose reply is lost may have run: it rejects, and is not repeated', async () => {
    const { proxy, client } = await connected(start);
    const counter = start.key();
    proxy.stall('toClient');
    const count = failure(client.count(counter));
    await until(async () => (await start.direct().read(counter)) === '1');
    proxy.cut();
    expect(await count).toMatchObject(lost);
    expect(await client.read(counter)).toBe('1');
  });

  test('74: a read that was sent is asked again', async () => {
    const { proxy, client, line } = await connected(start);
    const key = start.key();
    await start.direct().write(key, 'v');
    proxy.stall('toClient');
    const before = line.fromServer;
    const read = client.read(key);
    await until(() => line.fromServer > before);
    proxy.cut();
    expect(await read).toBe('v');
  });
}

function retryCases(start: Start): void {
  const done = (value: unknown): unknown => ({ value });
  test.each<['never' | 'safe' | 'idempotent' | 'always', keyof Calls, unknown, string | null]>([
    ['never', 'read', lost, null],
    ['safe', 'write', lost, 'v'],
    ['idempotent', 'write', done(expect.anything()), 'v'],
    ['idempotent', 'count', lost, '1'],
    ['always', 'count', done(2), '2'],
  ])('74: with({ retry: %o }): a %s whose reply is lost', async (retry, kind, end, stored) => {
    const { proxy, client, line } = await connected(start);
    const key = start.key();
    proxy.stall('toClient');
    const before = line.fromServer;
    const call = failure(client.with({ retry })[kind](key, 'v'));
    await until(() => line.fromServer > before);
    proxy.cut();
    expect(await call).toMatchObject(end as object);
    expect(await start.direct().read(key)).toBe(stored);
  });
}

function budgetCases(start: Start): void {
  test('75: a read that costs every connection its life is written three times, and then rejects', async () => {
    const { proxy, client, line } = await connected(start);
    const key = start.key();
    const handshake = line.fromClient;
    await client.read(key);
    const request = line.fromClient - handshake;
    const poisoned = await proxied(start);
    poisoned.proxy.faults = { toServer: { cutAfter: handshake + request } };
    expect(await failure(poisoned.client.read(key))).toMatchObject({ ...lost, attempts: 3 });
    expect(poisoned.proxy.total).toBe(3);
    poisoned.proxy.faults = {};
    expect(await poisoned.client.read(key)).toBeNull();
    expect(proxy.total).toBe(1);
  });

  test('75: attempts to connect go on until the server is back', async () => {
    const { proxy, client } = await proxied(start);
    await proxy.refuse();
    let refused = 0;
    const count = (): void => void refused++;
    subscribe('kv:connect', count);
    onTestFinished(() => void unsubscribe('kv:connect', count));
    const read = client.read(start.key());
    await until(() => refused >= 10);
    await proxy.accept();
    expect(await read).toBeNull();
  });
}
