/** Ways to reach the same: transactions, sessions that are given back in another state, batches that are never executed. */
import type { Command, Multi, Redis, RedisSession } from '@kv/redis';

/** Who clients are that log in. */
export const LOGIN = { username: 'app', password: 'secret', name: 'model' } as const;

/** The user of {@link LOGIN}, as servers take it. */
export const USER: string = `${LOGIN.username} on >${LOGIN.password} ~* &* +@all`;

type Commands = readonly Command<unknown, string>[];

const TRANSACTIONS: readonly ((redis: Redis, keys: readonly string[], commands: Commands) => Promise<unknown>)[] = [
  (redis, _, commands) => execute(redis.multi(), commands),
  (redis, keys, commands) => redis.transaction([...keys], () => Promise.resolve(commands)),
  async (redis, keys, commands) => {
    await using session = await redis.session();
    await session.watch(...keys);
    return await execute(session.multi(), commands);
  },
];

function execute(batch: Multi, commands: Commands): Promise<unknown> {
  for (const command of commands) void batch.send(command);
  return batch.execute();
}

/** Runs all commands or none, one of the ways. */
export async function transact(way: number, ...call: Parameters<(typeof TRANSACTIONS)[number]>): Promise<void> {
  await TRANSACTIONS[way % TRANSACTIONS.length]?.(...call);
}

/** States in which a session may be given back. */
const LEAVING: readonly ((session: RedisSession, key: string) => Promise<unknown>)[] = [
  (session) => session.select(1),
  (session) => session.execute('RESET'),
  (session, key) => session.watch(key),
  (session) => session.execute('CLIENT', 'SETNAME', 'left'),
  (session) => session.execute('CLIENT', 'TRACKING', 'ON'),
  async (session) => {
    await session.execute('SELECT', 2);
    await session.reset();
  },
  (session) => session.get('nothing'),
];

const NAMED = `name=${LOGIN.name}`;

/**
 * Adds one in a session that must be as new, and gives it back in another state.
 *
 * @param facts words of the line that CLIENT INFO says of every new session
 */
export async function countInSession(
  id: number,
  redis: Redis,
  key: string,
  facts: readonly string[],
): Promise<number | bigint> {
  await using session = await redis.session();
  const info = await session.clientInfo();
  const words = new Set(info.trim().split(' '));
  if (words.delete('name=')) words.add(NAMED); // left out after two connections were closed in their handshake
  const wrong = facts.filter((fact) => !words.has(fact));
  if (wrong.length > 0) throw new Error(`a session does not begin with ${wrong.join()}: ${info}`);
  const value = await session.incr(key);
  await LEAVING[id % LEAVING.length]?.(session, key).catch(() => undefined);
  return value;
}

/** Collects a command, and forgets to execute it. */
export function collect(id: number, redis: Redis, key: string): Promise<unknown> {
  return (id % 2 === 0 ? redis.pipeline() : redis.multi()).incr(key);
}
