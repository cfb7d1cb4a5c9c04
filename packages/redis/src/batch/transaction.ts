import {
  CALL_RULES,
  type CallOptions,
  type Command,
  checkCommands,
  isKvError,
  type Of,
  type OptionRules,
  type Results,
  Rule,
} from '@kv/core';
import type { RedisSession } from '../client/session.ts';
import type { Many } from '../commands/support/arguments.ts';

/** How a transaction is repeated. */
export interface TransactionOptions {
  /** How often it is tried again after a conflict. Default 10. */
  readonly retries?: number | undefined;
  readonly timeout?: CallOptions['timeout'];
  readonly signal?: CallOptions['signal'];
}

/** The rules of {@link TransactionOptions}. */
export const TRANSACTION_RULES: OptionRules = { ...CALL_RULES, retries: Rule.index };

/**
 * Watches, lets `body` read, runs what it returns; again from the start when a watched key was changed meanwhile.
 * Resolves with `[]` when the body returns nothing to run.
 */
export async function runTransaction<V, const Cs extends readonly Of<V>[]>(
  session: RedisSession<V>,
  keys: Many,
  body: (session: RedisSession<V>) => Promise<Cs>,
  retries: number,
): Promise<Results<Cs>> {
  for (let attempt = 0; ; attempt++) {
    await session.watch(keys);
    try {
      return (await attemptOnce(session, body)) as Results<Cs>;
    } catch (error) {
      if (!(isKvError(error) && error.code === 'CONFLICT') || attempt >= retries) throw error;
    }
  }
}

async function attemptOnce<V>(
  session: RedisSession<V>,
  body: (session: RedisSession<V>) => Promise<readonly Of<V>[]>,
): Promise<unknown[]> {
  const commands = (await body(session)) as unknown as readonly Command<unknown, V>[];
  checkCommands(commands, 'what the body of a transaction returns');
  if (commands.length === 0) {
    await session.unwatch();
    return [];
  }
  const multi = session.multi();
  for (const command of commands) void multi.send(command);
  return multi.execute();
}
