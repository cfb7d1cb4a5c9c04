import { describe, expect, it } from 'vitest';
import type { SubscribeOptions } from './subscribe-options.ts';
import { type Gap, type Message, Subscription } from './subscription.ts';

/** A subscription, and what it asks of its connection. */
function subscription(options: SubscribeOptions = {}): { news: Subscription; asked: string[] } {
  const asked: string[] = [];
  const feed = {
    pause: () => void asked.push('pause'),
    resume: () => void asked.push('resume'),
    settle: () => Promise.resolve(void asked.push('settle')),
    leave: () => Promise.resolve(void asked.push('leave')),
  };
  return { news: new Subscription(feed, options), asked };
}

function fill(news: Subscription, from: number, to: number): void {
  for (let i = from; i <= to; i++) news.deliver({ channel: 'a', message: `${i}` });
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function rest(news: Subscription): Promise<string[]> {
  const seen: string[] = [];
  for await (const { message } of news) seen.push(message);
  return seen;
}

describe('drain()', () => {
  it('lets a server that was held back send what it has, and keeps all of it for the loop', async () => {
    const { news, asked } = subscription({ buffer: 2, overflow: 'pause' });
    fill(news, 1, 3);
    expect(asked).toEqual(['pause', 'pause']);
    const drained = news.drain();
    fill(news, 4, 6);
    await drained;
    expect(asked).toEqual(['pause', 'pause', 'resume', 'settle', 'leave']);
    expect(await rest(news)).toEqual(['1', '2', '3', '4', '5', '6']);
  });
});

describe('the buffer', () => {
  it('keeps exactly as many messages as it may', async () => {
    const { news } = subscription({ buffer: 2 });
    const gaps: Gap[] = [];
    news.on('gap', (gap) => gaps.push(gap));
    fill(news, 1, 2);
    await turn();
    expect(gaps).toEqual([]);
    fill(news, 3, 3);
    await turn();
    expect(gaps).toEqual([{ reason: 'overflow', dropped: 1 }]);
    news.end();
    expect(await rest(news)).toEqual(['2', '3']);
  });

  it('drops messages in a time that does not depend on its size [#40]', () => {
    const cost = (buffer: number): number => {
      const { news } = subscription({ buffer });
      fill(news, 1, buffer);
      const began = performance.now();
      fill(news, 1, 20_000);
      return performance.now() - began;
    };
    const best = (buffer: number): number => Math.min(...[1, 2, 3].map(() => cost(buffer)));
    expect(best(200_000) / Math.max(best(1000), 1)).toBeLessThan(20);
  });

  it('is filled to its bound before the subscription ends with an error, which is thrown once', async () => {
    const { news, asked } = subscription({ buffer: 2, overflow: 'close' });
    fill(news, 1, 2);
    expect(news.closed).toBe(false);
    fill(news, 3, 4);
    expect([news.closed, asked]).toEqual([true, ['leave']]);
    const seen = [await news.next(), await news.next(), await news.next()].map(({ value }) => value?.message);
    expect(seen).toEqual(['1', '2', '3']);
    await expect(news.next()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await news.next()).toEqual({ done: true, value: undefined });
  });

  it('holds the server back when it is full, and lets it go on when less than half is left', async () => {
    const { news, asked } = subscription({ buffer: 4, overflow: 'pause' });
    fill(news, 1, 3);
    expect(asked).toEqual([]);
    fill(news, 4, 4);
    expect(asked).toEqual(['pause']);
    await news.next();
    await news.next();
    expect(asked).toEqual(['pause']);
    await news.next();
    expect(asked).toEqual(['pause', 'resume']);
    await news.next();
    fill(news, 5, 6);
    await news.next();
    expect(asked).toEqual(['pause', 'resume']);
    fill(news, 7, 9);
    expect(asked).toEqual(['pause', 'resume', 'pause']);
    await news.close();
    expect(asked).toEqual(['pause', 'resume', 'pause', 'resume', 'leave']);
  });
});

describe('listeners', () => {
  it('hear each message, which is not kept where there is no reader', async () => {
    const { news } = subscription({ buffer: 2 });
    const heard: Message[] = [];
    const gaps: Gap[] = [];
    news.on('message', (message) => heard.push(message)).on('gap', (gap) => gaps.push(gap));
    fill(news, 1, 5);
    await turn();
    expect(heard.map(({ message }) => message)).toEqual(['1', '2', '3', '4', '5']);
    expect(gaps).toEqual([]);
    news.end();
    expect(await rest(news)).toEqual([]);
  });

  it.each([
    ['a loop that has begun', (news: Subscription) => void news[Symbol.asyncIterator]()],
    ['a call of next()', (news: Subscription) => void news.next()],
  ])('and %s get the same messages', async (_, read) => {
    const { news } = subscription();
    const heard: Message[] = [];
    news.on('message', (message) => heard.push(message));
    read(news);
    fill(news, 1, 3);
    await turn();
    news.end();
    const seen = await rest(news);
    expect(seen.at(-1)).toBe('3');
    expect(heard).toHaveLength(3);
  });

  it('get what came before them, each message once and in order [#4]', async () => {
    const { news } = subscription({ buffer: 4, overflow: 'pause' });
    const heard: string[] = [];
    const listener = ({ message }: Message): void => void heard.push(message);
    fill(news, 1, 4);
    news.on('message', listener).on('message', ({ message }) => heard.push(`second ${message}`));
    fill(news, 5, 5);
    await turn();
    fill(news, 6, 6);
    news.off('message', listener);
    await turn();
    const both = ['1', '2', '3', '4', '5'].flatMap((n) => [n, `second ${n}`]);
    expect(heard).toEqual([...both, 'second 6']);
  });

  it('and a loop that begins in the same turn both get what came before them', async () => {
    const { news } = subscription();
    const heard: Message[] = [];
    fill(news, 1, 3);
    news.on('message', (message) => heard.push(message));
    const seen = [(await news.next()).value, (await news.next()).value, (await news.next()).value];
    expect(heard).toEqual(seen);
  });

  it.each(['off()', 'close()'])('hear nothing after %s, also not what came before [#4]', async (end) => {
    const { news } = subscription();
    const heard: string[] = [];
    const listener = ({ message }: Message): void => {
      heard.push(message);
      if (end === 'off()') news.off('message', listener);
      else void news.close();
    };
    news.on('message', listener);
    fill(news, 1, 3);
    await turn();
    expect(heard).toEqual(['1']);
  });

  it('hear one gap for all messages that were dropped together [#43]', async () => {
    const { news } = subscription({ buffer: 10 });
    const gaps: Gap[] = [];
    news.on('gap', (gap) => gaps.push(gap));
    fill(news, 1, 1010);
    news.gap({ reason: 'reconnect' });
    fill(news, 1, 5);
    await turn();
    expect(gaps).toEqual([
      { reason: 'overflow', dropped: 1000 },
      { reason: 'reconnect' },
      { reason: 'overflow', dropped: 5 },
    ]);
  });

  it('hear nothing after off()', async () => {
    const { news } = subscription();
    const heard: unknown[] = [];
    const listener = (value: unknown): void => void heard.push(value);
    news.on('message', listener).on('gap', listener).off('message', listener).off('gap', listener);
    fill(news, 1, 1);
    news.gap({ reason: 'reconnect' });
    await turn();
    expect(heard).toEqual([]);
    expect((await news.next()).value).toEqual({ channel: 'a', message: '1' });
  });
});

describe('next()', () => {
  it('may be called several times at once: each call gets one message, in order, or the end', async () => {
    const { news } = subscription();
    const calls = [news.next(), news.next(), news.next(), news.next()];
    fill(news, 1, 2);
    await turn();
    fill(news, 3, 3);
    news.end();
    const ends = await Promise.all(calls);
    expect(ends.map(({ value }) => value?.message)).toEqual(['1', '2', '3', undefined]);
  });
});

describe('the end', () => {
  it('wakes who waits, and what comes afterwards is not delivered', async () => {
    const { news } = subscription();
    const heard: unknown[] = [];
    news.on('message', (message) => heard.push(message));
    const waiting = news.next();
    news.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
    fill(news, 1, 1);
    await turn();
    expect([heard, await news.next()]).toEqual([[], { done: true, value: undefined }]);
  });

  it('comes once: the first reason counts', async () => {
    const { news } = subscription();
    news.end();
    news.fail(new Error('too late') as never);
    expect(await rest(news)).toEqual([]);
  });

  it.each([
    ['close()', (news: Subscription) => news.close()],
    ['leaving the loop', (news: Subscription) => news.return()],
    ['await using', (news: Subscription) => news[Symbol.asyncDispose]()],
  ])('%s unsubscribes, once', async (_, end) => {
    const { news, asked } = subscription();
    await end(news);
    await end(news);
    await news.close();
    expect([asked, news.closed]).toEqual([['leave'], true]);
  });
});
