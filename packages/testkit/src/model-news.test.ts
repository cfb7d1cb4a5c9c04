import { describe, expect, test } from 'vitest';
import { CalmClock } from './calm-clock.ts';
import { type Channels, News } from './model-news.ts';
import type { ReaderEvents } from './model-reader.ts';

/** A text, or `gap`. */
type Told = string;

/** Channels that tell readers what a test wants, in place of what was published. */
class Pretended implements Channels {
  readonly readers: ReaderEvents[] = [];
  /** What readers are told for each published text. */
  tell: (text: string) => readonly Told[] = (text) => [text];

  publish(_channel: number, text: string): Promise<void> {
    for (const reader of this.readers)
      for (const told of this.tell(text)) {
        if (told === 'gap') reader.gap();
        else reader.message(told);
      }
    return Promise.resolve();
  }

  subscribe(_channel: number, _reading: unknown, events: ReaderEvents): ReturnType<Channels['subscribe']> {
    this.readers.push(events);
    return Promise.resolve({ close: () => Promise.resolve(), closed: false });
  }
}

async function run(
  tell: (text: string) => readonly Told[],
  reading: 'listener' | 'loop' = 'listener',
  act: (news: News, channels: Pretended) => Promise<void> | void = () => undefined,
): Promise<string[]> {
  const channels = new Pretended();
  const news = new News(channels);
  await news.publish(0);
  await news.subscribe(0, reading, () => false);
  channels.tell = (text) => (text.startsWith('0:') ? tell(text) : []);
  for (let i = 0; i < 4; i++) await news.publish(0);
  await act(news, channels);
  using calm = new CalmClock();
  return await news.findings(calm, 20);
}

const every = (text: string): readonly Told[] => [text];

describe('readers of numbered messages', () => {
  test('are content with every number once, and with a gap where some are missing', async () => {
    expect(await run(every)).toEqual([]);
    expect(await run((text) => (text === '0:2' ? [] : text === '0:3' ? ['gap', text] : [text]))).toEqual([]);
  });

  test('a loop may read what came before a gap after the gap was told, a listener may not', async () => {
    const early = (text: string): readonly Told[] =>
      text === '0:2' || text === '0:3' ? [] : text === '0:4' ? ['gap', '0:2', '0:3'] : [text];
    expect(await run(early, 'loop')).toEqual([]);
    expect((await run(early)).join()).toMatch(/got 5 after 3 without a gap/);
  });

  test.each<[string, (text: string) => readonly Told[], RegExp]>([
    ['twice', (text) => [text, text], /got 2 after 2/],
    ['out of order', (text) => (text === '0:3' ? ['0:4'] : text === '0:4' ? ['0:3'] : [text]), /got 3 after 4/],
    ['missing', (text) => (text === '0:3' ? [] : [text]), /got 4 after 2 without a gap/],
    ['missing at the beginning', (text) => (text === '0:2' ? [] : [text]), /got 3 after 0 without a gap/],
    ['missing after the gap', (text) => (text === '0:2' ? ['gap'] : text === '0:3' ? [] : [text]), /got 4 after 0/],
    ['of another channel', (text) => [text.replace('0:', '1:')], /got 1:2/],
    ['silent in the end', () => [], /hears nothing any more/],
  ])('find a number that is %s', async (_, tell, violation) => {
    expect((await run(tell)).join('\n')).toMatch(violation);
  });

  test('find what comes after they were closed, and an end that no one asked for', async () => {
    const late = await run(every, 'listener', async (news, { readers }) => {
      await news.unsubscribe(0);
      readers[0]?.message('0:6');
    });
    expect(late.join('\n')).toMatch(/after it was closed/);
    const ended = await run(every, 'loop', (_, { readers }) => readers[0]?.ended(new Error('why')));
    expect(ended.join('\n')).toMatch(/ended by itself: Error: why/);
  });

  test('find a subscription that did not end with its client', async () => {
    const news = new News(new Pretended());
    await news.subscribe(0, 'listener', () => true);
    using calm = new CalmClock();
    expect((await news.findings(calm, 20)).join()).toMatch(/did not end with its client/);
  });
});
