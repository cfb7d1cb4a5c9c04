/** A script that counts, and then answers an error of its own; and the ways to run it. */
import type { KvError, Redis, Script } from '@kv/redis';

/** Counts at its key; its answer is an error with the text of its argument. */
export const COUNT_AND_FAIL = `redis.call('INCR', KEYS[1]) return redis.error_reply(ARGV[1])`;

/** The same as a function. */
const LIBRARY = `#!lua name=model
redis.register_function('count_and_fail', function(keys, args)
  redis.call('INCR', keys[1])
  return redis.error_reply(args[1])
end)`;

/** Loads the function. */
export async function loadFunction(direct: Redis): Promise<void> {
  await direct.functionLoad(LIBRARY, { replace: true });
}

type Way = (redis: Redis, script: Script, key: string, word: string) => Promise<unknown>;

const WAYS: readonly Way[] = [
  (redis, _, key, word) => redis.eval(COUNT_AND_FAIL, key, word),
  (redis, _, key, word) => redis.fcall('count_and_fail', key, word),
  (redis, _, key, word) => redis.execute('EVAL', COUNT_AND_FAIL, 1, key, word),
  (redis, script, key, word) => redis.send(script.command(key, word)),
  (redis, script, key, word) => redis.sendAll([script.command(key, word)]),
  async (redis, _, key, word) => {
    const pipeline = redis.pipeline();
    const member = pipeline.fcall('count_and_fail', key, word);
    pipeline.execute().catch(() => undefined);
    return member;
  },
  async (redis, script, key, word) => {
    const multi = redis.multi();
    const member = multi.send(script.command(key, word));
    multi.execute().catch(() => undefined);
    return member;
  },
  async (redis, _, key, word) => {
    await using session = await redis.session();
    return await session.eval(COUNT_AND_FAIL, key, word);
  },
];

/**
 * Runs it one of the ways. Resolves when the error says that it is the script's own answer, and that it may have run.
 */
export async function countAndFail(way: number, ...call: Parameters<Way>): Promise<void> {
  try {
    await WAYS[way % WAYS.length]?.(...call);
  } catch (error) {
    const failure = memberOf(error);
    if (failure.outcome === 'unknown' && failure.prefix === call[3].split(' ')[0]) return;
    throw failure;
  }
  throw new Error('a script that answers an error resolved');
}

/** A batch of one: its error, in place of the batch's. */
function memberOf(error: unknown): KvError & { readonly prefix?: string } {
  const { code, results } = error as KvError & { readonly results?: readonly unknown[] };
  return (code === 'BATCH' ? results?.[0] : error) as KvError;
}
