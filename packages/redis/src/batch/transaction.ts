import {
  CALL_RULES,
  type CallOptions,
  type Command,
  checkCommands,
  type Data,
  type Engine,
  isKvError,
  type Of,
  type OptionRules,
  type Results,
  Rule,
  readOptions,
} from '@kv/core';
import { mergeRedisOptions } from '../client/call-options.ts';
import { leasesOf } from '../client/leases.ts';
import { RedisSession } from '../client/session.ts';
import { type Many, many } from '../commands/support/arguments.ts';

/** How a transaction is repeated. */
export interface TransactionOptions {
  /**
   * How often it is tried again after a conflict.
   *
   * @default 10
   */
  readonly retries?: number | undefined;
  readonly timeout?: CallOptions['timeout'];
  readonly signal?: CallOptions['signal'];
}

const TRANSACTION_RULES: OptionRules = { ...CALL_RULES, retries: Rule.index };

/** A session of a client. @param key in a cluster: the key whose server it is connected to */
export async function openSession<V>(
  client: Engine,
  call: CallOptions,
  key: Data | undefined,
): Promise<RedisSession<V>> {
  const leases = await leasesOf(client, call, key);
  return new RedisSession<V>(await leases.open(), call);
}

/** Runs a transaction on a session of its own. @param base the call options of the client */
export async function transaction<V, const Cs extends readonly Of<V>[]>(
  client: Engine,
  base: CallOptions,
  keys: Many,
  body: (session: RedisSession<V>) => Promise<Cs>,
  options: TransactionOptions,
): Promise<Results<Cs>> {
  const { retries = 10, ...more } = readOptions(TRANSACTION_RULES, options, new Map());
  const call = mergeRedisOptions(base, more);
  const leases = await leasesOf(client, call, many([keys], 'keys')[0]);
  const open = async (): Promise<RedisSession<V>> => new RedisSession<V>(await leases.open(), call);
  return runTransaction({ open, again: (error) => leases.again(error) }, keys, body, retries);
}

/** Where a transaction gets its connection. */
interface SessionSource<V> {
  open(): Promise<RedisSession<V>>;
  /** Whether to begin again on another connection: the keys have another server by now. It is no conflict. */
  again(error: unknown): Promise<boolean>;
}

/**
 * Watches, lets `body` read, runs what it returns; again from the start when a watched key was changed meanwhile.
 * Resolves with `[]` when the body returns nothing to run.
 */
async function runTransaction<V, const Cs extends readonly Of<V>[]>(
  sessions: SessionSource<V>,
  keys: Many,
  body: (session: RedisSession<V>) => Promise<Cs>,
  retries: number,
): Promise<Results<Cs>> {
  const conflicts: Conflicts = { left: retries };
  for (;;) {
    const session = await sessions.open();
    let overdue = false;
    try {
      return (await untilNoConflict(session, keys, body, conflicts)) as Results<Cs>;
    } catch (error) {
      overdue = isKvError(error) && (error.code === 'TIMEOUT' || error.code === 'ABORTED');
      if (overdue || !(await sessions.again(error))) throw error;
    } finally {
      const released = session.release();
      if (!overdue) await released; // else the late reply and the cleaning are awaited behind the caller
    }
  }
}

interface Conflicts {
  left: number;
}

async function untilNoConflict<V>(
  session: RedisSession<V>,
  keys: Many,
  body: (session: RedisSession<V>) => Promise<readonly Of<V>[]>,
  conflicts: Conflicts,
): Promise<unknown[]> {
  for (;;) {
    await session.watch(keys);
    try {
      return await attemptOnce(session, body);
    } catch (error) {
      if (!(isKvError(error) && error.code === 'CONFLICT') || conflicts.left-- <= 0) throw error;
    }
  }
}

async function attemptOnce<V>(
  session: RedisSession<V>,
  body: (session: RedisSession<V>) => Promise<readonly Of<V>[]>,
): Promise<unknown[]> {
  const commands = (await body(session)) as unknown as readonly Command<unknown, V>[];
  checkCommands(commands, 'transaction: result of the body');
  if (commands.length === 0) {
    await session.unwatch();
    return [];
  }
  const multi = session.multi();
  for (const command of commands) void multi.send(command);
  return multi.execute();
}
