/** Subscriptions that begin, end and begin again while messages come without a pause, on connections that nothing harms. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Redis, Subscription } from '@kv/redis';

/** What a flood is about. */
export interface Flood {
  readonly redis: Redis;
  /** Publishes past the faults; resolves with the number of connections that the server gave it to. */
  publish(channel: string, text: string): Promise<number>;
  readonly channel: string;
  /** Another subscription to the channel is being left when this one begins. */
  readonly again: boolean;
  readonly reading: 'listener' | 'loop';
}

/** On a slow machine more than a thousand messages come right behind the confirmation, before anybody can read. */
const UNBOUNDED = { buffer: 1_000_000 };

/** So many messages are published at once, again and again until the subscription is confirmed. */
const AT_ONCE = 20;

/** A listener that closes the subscription with this message must not hear another one. */
const ENOUGH = 'enough';

/**
 * Subscribes while numbers are published. Every number that the server gave to the connection must be heard, in order,
 * from the first one on, and none after the reader has closed. Throws what is wrong.
 */
export async function flood({ redis, publish, channel, again, reading }: Flood): Promise<void> {
  const given: string[] = [];
  let [next, isReady] = [0, false];
  const pour = async (): Promise<void> => {
    const numbers = Array.from({ length: AT_ONCE }, () => String(next++));
    const receivers = await Promise.all(numbers.map((text) => publish(channel, text)));
    given.push(...numbers.filter((_, i) => (receivers[i] ?? 0) > 0));
  };
  const before = again ? await redis.subscribe(channel, UNBOUNDED) : undefined;
  const subscribing = subscribeSoon(redis, channel, before);
  subscribing.then(
    () => {
      isReady = true;
    },
    () => {
      isReady = true;
    },
  );
  do await pour();
  while (!isReady);
  const heard = hear(await subscribing, reading);
  await publish(channel, ENOUGH);
  await publish(channel, 'too much');
  const numbers = await heard;
  const first = Number(numbers[0] ?? 0);
  if (numbers.some((number, i) => Number(number) !== first + i))
    throw new Error(`heard ${numbers.join()}, with a hole`);
  const expected = again ? given.slice(given.length - numbers.length) : given; // some went to the one before
  if (numbers.join() !== expected.join()) throw new Error(`heard ${numbers.join()} of ${expected.join()}`);
}

async function subscribeSoon(redis: Redis, channel: string, before: Subscription | undefined): Promise<Subscription> {
  await turn();
  const left = before?.close();
  await turn(); // some messages come before the server ends one, some are published before it begins the other
  const subscription = await redis.subscribe(channel, UNBOUNDED);
  await left;
  return subscription;
}

/** What comes before {@link ENOUGH}, when nothing comes after it. */
async function hear(subscription: Subscription, reading: 'listener' | 'loop'): Promise<string[]> {
  return reading === 'loop' ? hearInLoop(subscription) : hearByListener(subscription);
}

async function hearInLoop(subscription: Subscription): Promise<string[]> {
  const heard: string[] = [];
  for await (const { message } of subscription) {
    if (message === ENOUGH) break;
    heard.push(message);
  }
  return heard;
}

async function hearByListener(subscription: Subscription): Promise<string[]> {
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    subscription.on('message', ({ message }) => {
      if (message !== ENOUGH) heard.push(message);
      else void subscription.close().then(resolve);
    });
  });
  return heard;
}
