import { createRedis } from '@kv/redis';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { compare, type Pair, replies, search } from './differential.ts';
import { eventCommands } from './event-commands.ts';
import { RawClient } from './raw-client.ts';
import { anyCommand } from './redis-commands.ts';
import { framesOf, request } from './resp-frames.ts';
import { anyStreamCommand } from './stream-commands.ts';

type Command = readonly string[];

/** One that acts and one that listens. */
interface Lines {
  readonly main: RawClient;
  readonly listener: RawClient;
}

/** What a listener hears while commands run, one text for each message. */
async function events({ main, listener }: Lines, flags: string, commands: readonly Command[]): Promise<string[]> {
  await replies(main, [['RESET'], ['FLUSHALL'], ['CONFIG', 'SET', 'notify-keyspace-events', flags]], 'ready');
  await replies(main, [...commands, ['RESET']], 'done');
  await replies(main, [['PUBLISH', '__keys are over', 'over']], 'told');
  const bytes = await listener.take((got) => (got.includes('$4\r\nover\r\n') ? got.length : undefined));
  return framesOf(bytes.toString('latin1')).map((frame) =>
    'items' in frame ? frame.items.map((item) => ('text' in item ? item.text : '')).join(' ') : frame.text,
  );
}

describe('the real server and the embedded one tell the same events', () => {
  let real: RedisServer;
  let embedded: Embedded<{ redis: true }>;
  let pair: Pair;
  let both: readonly [theirs: Lines, ours: Lines];

  beforeAll(async () => {
    real = await startRedis();
    embedded = await startEmbedded({ redis: true });
    const open = async (address: Parameters<typeof RawClient.open>[0]): Promise<Lines> => {
      const lines = { main: await RawClient.open(address), listener: await RawClient.open(address) };
      lines.listener.write(request(['PSUBSCRIBE', '__key*']));
      await lines.listener.take((got) => (got.includes(':1\r\n') ? got.length : undefined));
      return lines;
    };
    both = [await open({ host: real.host, port: real.port }), await open(embedded.redis.address)];
    pair = { theirs: both[0].main, ours: both[1].main };
  });
  afterAll(async () => {
    await Promise.all([real?.stop(), embedded?.close()]);
  });

  /** Both say the same. */
  async function compareEvents(flags: string, commands: readonly Command[]): Promise<string[]> {
    const [theirs, ours] = await Promise.all(both.map((lines) => events(lines, flags, commands)));
    expect(ours).toEqual(theirs);
    return theirs as string[];
  }

  test('of commands of every type, keys that are new or missed included', async () => {
    const heard = await compareEvents('AEmn', eventCommands);
    expect(heard.length).toBeGreaterThan(eventCommands.length);
  });

  test.each(['AK', 'KE$', 'El', 'Kg', 'Ex', 'K', 'E', '', 'KEt', 'Em', 'Kn', 'KEshz'])(
    'with the flags "%s"',
    async (flags) => {
      await compareEvents(flags, eventCommands.slice(0, 150));
    },
  );

  test('of random commands', { timeout: 120_000 }, async () => {
    const command = fc.oneof(anyCommand, anyStreamCommand).filter(([name]) => !/CONFIG|RESET|SPOP/i.test(name ?? ''));
    const commands = fc.array(command, { minLength: 1, maxLength: 40, size: 'max' });
    const property = fc.asyncProperty(commands, async (list) => {
      await compareEvents('AKEn', list);
    });
    await fc.assert(property, { ...search, numRuns: Math.ceil(search.numRuns / 3) });
  });

  test('and take and show the same flags', async () => {
    const flags = ['KEA', 'K', 'g', '$lshzxetdmn', 'KEg$', 'KEmn', 'xA', 'q', '', 'Kt', 'AKEmn', 'Kg$lshzxetd', ''];
    const name = 'notify-keyspace-events';
    await compare(
      pair,
      flags.flatMap((text) => [
        ['CONFIG', 'SET', name, text],
        ['CONFIG', 'GET', name],
      ]),
    );
  });
});

test('who listens hears of a key that expires when its time comes, without another command', async () => {
  await using servers = await startEmbedded({ redis: true, frozenAt: 1_700_000_000_000 });
  await using redis = createRedis(servers.redis.address);
  await redis.configSet({ 'notify-keyspace-events': 'Ex' });
  await using expired = await redis.subscribe('__keyevent@0__:expired');
  const heard: string[] = [];
  expired.on('message', ({ message }) => heard.push(String(message)));
  await redis.set('session', 'alice', { ex: 60 });
  await redis.set('other', 'bob', { ex: 90 });
  servers.advance(60_000);
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['session']);
  servers.advance(30_000);
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['session', 'other']);
});
