/** Channels of slots that move, on servers whose every answer the test decides. */
import { array, bulk, error, integer, moved } from '@kv/testkit/topology/resp-text';
import { evenly } from '@kv/testkit/topology/scripted-cluster';
import type { Answer, ScriptedNode, ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gap } from '../../src/index.ts';
import { answers, deferred, failureOf, KEY, mapAsked, mapsAsked, SLOT, two, until } from './scripted.ts';

vi.mock('../../../core/src/timers.ts', () => import('@kv/testkit/faked-timers'));

/** A channel of the first node. */
const CHANNEL = KEY;

/** What RESP3 pushes of a channel look like. */
function push(kind: string, channel: string, last: string): string {
  return `>3\r\n${bulk(kind)}${bulk(channel)}${last}`;
}

const subscribed = ({ args: [channel = ''] }: ScriptedRequest): string => push('ssubscribe', channel, integer(1));
const unsubscribed = ({ args: [channel = ''] }: ScriptedRequest): string => push('sunsubscribe', channel, integer(0));
const takesChannels = { SSUBSCRIBE: subscribed, SUNSUBSCRIBE: unsubscribed };

function publish(node: ScriptedNode, text: string): void {
  node.push(push('smessage', CHANNEL, bulk(text)));
}

it('the slot of the channel belongs to the first node', () => {
  expect(SLOT).toBeLessThan(8192);
});

describe('a channel of a slot', () => {
  it('that moves is subscribed at the new owner before it is left at the old one [#165]', async () => {
    const { cluster, a, b, redis } = await two({ refreshInterval: 20 });
    a.answer = answers(takesChannels);
    const confirmation = deferred<Answer>();
    b.answer = answers({ ...takesChannels, SSUBSCRIBE: () => confirmation.promise as Promise<string> });
    const heard: string[] = [];
    const gaps: Gap[] = [];
    const news = await redis.ssubscribe(CHANNEL);
    news.on('message', ({ message }) => heard.push(message));
    news.on('gap', (gap) => gaps.push(gap));

    cluster.tell({ ...evenly([b]), epoch: 2 });
    await b.asked('SSUBSCRIBE');
    publish(a, 'while both are asked');
    await until('a message of the old owner', () => heard.length === 1);
    expect([a.countOf('SUNSUBSCRIBE'), gaps]).toEqual([0, []]);

    confirmation.resolve(push('ssubscribe', CHANNEL, integer(1)));
    await a.asked('SUNSUBSCRIBE');
    publish(b, 'afterwards');
    await until('a message of the new owner', () => heard.length === 2);
    expect(heard).toEqual(['while both are asked', 'afterwards']);
    expect(gaps).toEqual([{ reason: 'moved' }]);
    await news.close();
  });

  it('is not subscribed at the old owner again by a map that was asked for before it was refused there [#168]', async () => {
    const { cluster, a, b, redis } = await two({ refreshInterval: 20 });
    const map = deferred<string>();
    let maps = 0;
    a.answer = answers({
      CLUSTER: ({ args: [what] }) => (what === 'SLOTS' && ++maps === 2 ? map.promise : undefined),
      SSUBSCRIBE: async () => {
        await mapAsked(a, 2);
        cluster.tell({ ...evenly([b]), epoch: 2 });
        return moved(SLOT, b);
      },
    });
    b.answer = answers(takesChannels);
    const news = await redis.ssubscribe(CHANNEL);
    map.resolve(array(array(integer(0), integer(16_383), array(bulk(a.host), integer(a.port), bulk(a.id), array()))));
    const asked = mapsAsked(a, b);
    await until('several maps', () => mapsAsked(a, b) >= asked + 5);
    publish(b, 'here');
    expect((await news.next()).value).toEqual({ channel: CHANNEL, message: 'here' });
    expect([a.countOf('SSUBSCRIBE'), b.countOf('SSUBSCRIBE')]).toEqual([1, 1]);
    await news.close();
  });

  it('whose server names another one is subscribed there, with one question more [#168]', async () => {
    const { cluster, a, b, redis } = await two();
    a.answer = answers({
      SSUBSCRIBE: () => {
        cluster.tell({ ...evenly([b]), epoch: 2 });
        return moved(SLOT, b);
      },
    });
    b.answer = answers(takesChannels);
    const news = await redis.ssubscribe(CHANNEL);
    publish(b, 'here');
    expect((await news.next()).value).toEqual({ channel: CHANNEL, message: 'here' });
    expect([a.countOf('SSUBSCRIBE'), b.countOf('SSUBSCRIBE')]).toEqual([1, 1]);
    await news.close();
  });

  it('that two servers hand to each other waits for another map, and is no storm [#168]', async () => {
    const { cluster, a, b, redis } = await two();
    a.answer = answers({ SSUBSCRIBE: moved(SLOT, b) });
    b.answer = answers({ SSUBSCRIBE: moved(SLOT, a) });
    const subscribing = redis.ssubscribe(CHANNEL);
    const maps = mapsAsked(a, b);
    await until('some more looks at the map', () => mapsAsked(a, b) > maps + 4);
    expect(a.countOf('SSUBSCRIBE') + b.countOf('SSUBSCRIBE')).toBeLessThan(4 * (mapsAsked(a, b) + 1));
    b.answer = answers(takesChannels);
    cluster.tell({ ...evenly([b]), epoch: 2 });
    const news = await subscribing;
    publish(b, 'here');
    expect((await news.next()).value).toMatchObject({ message: 'here' });
    await news.close();
  });

  it('that is refused for another reason than its slot rejects with that reason [#168]', async () => {
    const { a, redis } = await two();
    a.answer = answers({ SSUBSCRIBE: error('NOPERM no access to this channel') });
    expect(await failureOf(redis.ssubscribe(CHANNEL))).toMatchObject({ code: 'REPLY', prefix: 'NOPERM' });
  });
});

describe('once a minute', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('a channel is compared with the owner of its slot, also when no map can be had [#165]', async () => {
    const { a, b, redis } = await two({ refreshInterval: 0 });
    a.answer = answers(takesChannels);
    b.answer = answers({ ...takesChannels, GET: bulk('b') });
    const news = await redis.ssubscribe(CHANNEL);
    const silent = { CLUSTER: error('ERR no'), GET: moved(SLOT, b), ...takesChannels };
    a.answer = answers(silent);
    b.answer = answers({ ...silent, GET: bulk('b') });
    expect(await redis.get(KEY)).toBe('b'); // the owner is known from the refusal only
    expect(b.countOf('SSUBSCRIBE')).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    await expect.poll(() => b.countOf('SSUBSCRIBE')).toBe(1);
    await expect.poll(() => a.countOf('SUNSUBSCRIBE')).toBe(1);
    await news.close();
  });
});
