import type { Context } from './command.ts';
import { CommandError, refuse } from './command-error.ts';
import { parseDouble } from './numbers.ts';
import { errorReply } from './replies.ts';
import type { Value } from './values.ts';

/** What a blocking command wants. */
export interface Wish {
  readonly keys: readonly string[];
  /** In seconds, as given; 0 waits forever. */
  readonly timeout: string;
  /** The type of value that can fulfil it. */
  readonly type: Value['type'];
  readonly attempt: (key: string) => string | undefined;
  /** The reply in a transaction, where no one waits. Default: a null array. */
  readonly nilAtOnce?: string;
}

/** Takes what is there, or lets the client wait for it. */
export function takeOrWait(context: Context, { keys, timeout, type, attempt, nilAtOnce }: Wish): string | undefined {
  const { client, state, wire } = context;
  const ms = timeoutMs(timeout);
  for (const key of keys) {
    const reply = attempt(key);
    if (reply !== undefined) return reply;
  }
  if (client.executing) return nilAtOnce ?? wire.nilArray;
  return waitFor(context, {
    keys,
    ms,
    nil: wire.nilArray,
    attempt: (key) => (state.database(client.db).entry(key)?.value.type === type ? guarded(attempt, key) : undefined),
  });
}

/** How a client waits. */
export interface Wait {
  readonly keys: readonly string[];
  /** 0 waits forever. */
  readonly ms: number;
  /** The reply when the time is over. */
  readonly nil: string;
  /** Called when a key may have got what the client wants; undefined: it goes on waiting. */
  readonly attempt: (key: string) => string | undefined;
}

/** Lets the client wait. */
export function waitFor({ client, state }: Context, { keys, ms, nil, attempt }: Wait): undefined {
  const timer = ms === 0 ? undefined : state.clock.after(ms, () => state.wake(client, nil));
  client.waiting = { db: client.db, keys, nil, timer, attempt };
  state.wait(client);
  return undefined;
}

/** A refusal is an answer too, for example when the destination of a move has another type. */
function guarded(attempt: (key: string) => string | undefined, key: string): string | undefined {
  try {
    return attempt(key);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error.message);
    throw error;
  }
}

function timeoutMs(text: string): number {
  const seconds = parseDouble(text);
  if (seconds === undefined || !Number.isFinite(seconds) || seconds * 1000 > Number.MAX_SAFE_INTEGER) {
    return refuse('timeout is not a float or out of range');
  }
  return seconds < 0 ? refuse('timeout is negative') : Math.ceil(seconds * 1000);
}
