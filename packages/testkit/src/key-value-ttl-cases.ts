import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyValue, KeyValueEntries } from '@kv/core';
import { expect, test } from 'vitest';
import { listed, type Start } from './key-value-cases.ts';

const forEver = Number.POSITIVE_INFINITY;

/** Times to live: never early, and as late as the capabilities say. */
export function ttlCases(start: Start): void {
  const { backend, fresh } = start;

  test.each([1, 20, 999, 1000, 1001, 1700])('an entry of %i ms does not end early, and ends', async (ttl) => {
    const { advance } = backend();
    const kv = fresh();
    if (advance === undefined) await endsInTime(kv, ttl);
    else await endsOnClock(kv, ttl, advance);
    expect([await kv.has('a'), await kv.ttl('a'), await kv.getMany(['a']), await kv.del('a')]).toEqual([
      false,
      null,
      [null],
      false,
    ]);
  });

  test('ttl() tells what is left, rounded down to the grain', async () => {
    const kv = fresh();
    const { ttlGrain, ttlLateness } = kv.capabilities;
    expect(await kv.ttl('a')).toBeNull();
    await kv.set('a', 1);
    expect(await kv.ttl('a')).toBe(forEver);
    await kv.set('a', 1, { ttl: 500_500 });
    const left = (await kv.ttl('a')) ?? 0;
    expect(left).toBeGreaterThan(440_000);
    expect(left).toBeLessThanOrEqual(500_500 + ttlLateness);
    expect(left % ttlGrain).toBe(0);
  });

  test('expire gives an end, another one, and takes it away', async () => {
    const kv = fresh();
    expect([await kv.expire('a', 1000), await kv.expire('a', forEver), await kv.has('a')]).toEqual([
      false,
      false,
      false,
    ]);
    await kv.set('a', 1);
    expect(await kv.expire('a', 100_000)).toBe(true);
    expect(await kv.ttl('a')).toBeLessThanOrEqual(100_000 + kv.capabilities.ttlLateness);
    expect(await kv.expire('a', 1_000_000)).toBe(true);
    expect(await kv.ttl('a')).toBeGreaterThan(900_000);
    expect([await kv.expire('a', forEver), await kv.ttl('a'), await kv.get('a')]).toEqual([true, forEver, '1']);
    expect([await kv.expire('a', forEver), await kv.ttl('a')]).toEqual([true, forEver]);
  });

  test('setting again without a time takes the end away, one key or several', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 1, c: 1 }, { ttl: 60_000 });
    expect(await kv.ttl('c')).toBeLessThan(forEver);
    await kv.set('a', 2);
    await kv.setMany({ b: 2, d: 2 });
    await kv.set('c', 2, { ttl: forEver });
    expect(await kv.getMany(['a', 'b', 'c', 'd'])).toEqual(['2', '2', '2', '2']);
    for (const key of ['a', 'b', 'c', 'd']) expect(await kv.ttl(key)).toBe(forEver);
  });

  test('setMany gives every entry the same time', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 2 }, { ttl: 300_000 });
    for (const key of ['a', 'b']) await livesAbout(kv, key, 300_000);
  });

  test('setMany gives an entry the time of its own, and the others that of the call', async () => {
    const kv = fresh();
    const entries: KeyValueEntries = [
      ['own', 1, { ttl: 100_000 }],
      ['at', 2, { expiresAt: Date.now() + 200_000 }],
      ['endless', 3, {}],
      ['call', 4],
    ];
    await kv.setMany(entries, { ttl: 300_000 });
    expect(await kv.getMany(['own', 'at', 'endless', 'call'])).toEqual(['1', '2', '3', '4']);
    await livesAbout(kv, 'own', 100_000);
    await livesAbout(kv, 'at', 200_000);
    await livesAbout(kv, 'call', 300_000);
    expect(await kv.ttl('endless')).toBe(forEver);
  });

  test('an entry ends at the instant that is given, or has no end', async () => {
    const kv = fresh();
    await kv.set('a', 1, { expiresAt: Date.now() + 500_000 });
    await livesAbout(kv, 'a', 500_000);
    expect([await kv.expireAt('a', Date.now() + 900_000), await kv.expireAt('none', Date.now() + 9000)]).toEqual([
      true,
      false,
    ]);
    await livesAbout(kv, 'a', 900_000);
    expect([await kv.expireAt('a', forEver), await kv.ttl('a'), await kv.get('a')]).toEqual([true, forEver, '1']);
    await kv.set('a', 2, { expiresAt: forEver });
    expect(await kv.ttl('a')).toBe(forEver);
  });

  test('an end that has passed removes the entry at once', async () => {
    const kv = fresh();
    await kv.setMany({ a: 1, b: 1, c: 1, d: 1 });
    await kv.set('a', 2, { expiresAt: Date.now() });
    await kv.setMany([
      ['b', 2, { expiresAt: 0 }],
      ['d', 2],
    ]);
    expect([await kv.expireAt('c', Date.now() - 1), await kv.expireAt('none', 5)]).toEqual([true, false]);
    expect(await kv.getMany(['a', 'b', 'c', 'd'])).toEqual([null, null, null, '2']);
  });

  test('the longest time is kept as it is', async () => {
    const kv = fresh();
    const { maxTtl, ttlLateness } = kv.capabilities;
    await kv.set('a', 1, { ttl: maxTtl });
    const left = (await kv.ttl('a')) ?? 0;
    expect(left).toBeGreaterThan(maxTtl * 0.99);
    expect(left).toBeLessThanOrEqual(maxTtl + ttlLateness);
  });

  test('a new value after the end begins again', async () => {
    const kv = fresh();
    await kv.set('a', 'old', { ttl: 1 });
    await pass(start, kv, 'a', 1);
    await kv.set('a', 'new');
    expect([await kv.get('a'), await kv.ttl('a')]).toEqual(['new', forEver]);
    await kv.set('n', 5, { ttl: 1 });
    await pass(start, kv, 'n', 1);
    expect([await kv.increment('n'), await kv.ttl('n')]).toEqual([1, forEver]);
  });

  test('keys() leaves out what has ended, or lists it until the server collects it', async () => {
    const kv = fresh();
    await kv.set('lives', 1);
    await kv.set('ended', 1, { ttl: 1 });
    await pass(start, kv, undefined, 1);
    const keys = await listed(kv.keys());
    const possible = kv.capabilities.liveKeys ? ['lives'] : ['lives', 'ended'];
    expect(keys).toContain('lives');
    expect(possible).toEqual(expect.arrayContaining(keys));
    expect(await kv.has('ended')).toBe(false);
    expect(await listed(kv.entries())).toEqual([['lives', '1']]);
  });
}

/** An entry has about this time to live; a busy machine takes some of it away. */
async function livesAbout(kv: KeyValue, key: string, ttl: number): Promise<void> {
  const left = (await kv.ttl(key)) ?? 0;
  expect(left).toBeGreaterThan(ttl - 60_000);
  expect(left).toBeLessThanOrEqual(ttl + kv.capabilities.ttlLateness);
}

/** Lets `ttl` and the lateness pass. Reading makes some servers notice the end; `key` is read only where one has to wait. */
async function pass({ backend }: Start, kv: KeyValue, key: string | undefined, ttl: number): Promise<void> {
  const { advance } = backend();
  const ms = ttl + kv.capabilities.ttlLateness;
  if (advance !== undefined) advance(ms);
  else if (key !== undefined) await gone(kv, key);
  else await sleep(ms + 1000);
}

async function endsOnClock(kv: KeyValue, ttl: number, advance: (ms: number) => void): Promise<void> {
  // Servers that count whole seconds must be right wherever in a second the entry begins.
  for (const phase of [0, 1, 499, 998]) {
    advance(phase);
    await kv.set('a', 'v', { ttl });
    advance(ttl - 1);
    expect(await kv.get('a')).toBe('v');
    advance(1 + kv.capabilities.ttlLateness);
    expect(await kv.get('a')).toBeNull();
  }
}

async function endsInTime(kv: KeyValue, ttl: number): Promise<void> {
  const begin = performance.now();
  await kv.set('a', 'v', { ttl });
  await gone(kv, 'a');
  expect(Math.ceil(performance.now() - begin)).toBeGreaterThanOrEqual(ttl);
}

/** The test's own deadline ends this where the server does not. */
async function gone(kv: KeyValue, key: string): Promise<void> {
  while ((await kv.get(key)) !== null) await sleep(5);
}
