import { type CallOptions, ClosedError, type Identity, type KvError, traced } from '@kv/core';
import type { Many } from '../commands/support/arguments.ts';
import { boundedWait, type Waiting } from '../commands/support/bounded-wait.ts';
import { Reader } from './reader.ts';
import { checkSubscribeOptions, type SubscribeOptions } from './subscribe-options.ts';
import { Subscription } from './subscription.ts';
import { commandName, type Kind, namesOf } from './subscription-commands.ts';

/** Who subscribes what readers want: on one connection, or on those of several servers. */
export interface ReaderHost {
  /** Subscribes all names of a reader. Resolves when all are confirmed. */
  join(reader: Reader): Promise<void>;
  /** Ends what a reader has subscribed. Resolves when the server has confirmed it. */
  leave(reader: Reader): Promise<void>;
  /** Holds the server back, because a reader is too slow. */
  pause(): void;
  resume(): void;
  /** Resolves when what the servers have sent until now was delivered. */
  settle(): Promise<void>;
  /** How long `subscribe()` waits unless its caller says otherwise, ms; 0 = without a limit. */
  readonly timeout: number;
  /** Why there is no connection, as far as is known. */
  readonly lastError: KvError | undefined;
  /** The client, for diagnostics. */
  readonly identity: Identity;
  /** Whether a server may have got the command. */
  readonly connected: boolean;
}

/** Makes a subscription, and resolves with it when every name is confirmed. */
export async function subscribeOn<V>(
  host: ReaderHost,
  kind: Kind,
  names: Many,
  options: SubscribeOptions,
  call: CallOptions,
): Promise<Subscription<V>> {
  const list = namesOf(kind, names);
  const { timeout = host.timeout, signal } = call;
  const bounded = (wait: () => Promise<void>): Promise<void> =>
    boundedWait(wait, { timeout }, waitingOn(host, kind)).catch(() => undefined); // it goes on behind
  const subscription: Subscription<unknown> = new Subscription<unknown>(
    {
      pause: () => host.pause(),
      resume: () => host.resume(),
      settle: () => bounded(() => host.settle()),
      leave: () => bounded(() => host.leave(reader)),
    },
    options,
  );
  const { resubscribe } = checkSubscribeOptions(options);
  const reader = new Reader(kind, list, call.bytes === true, subscription, resubscribe);
  try {
    await traced(host.identity, commandName(kind), () =>
      boundedWait(() => host.join(reader), { timeout, signal }, waitingOn(host, kind)),
    );
  } catch (error) {
    void subscription.close();
    throw error;
  }
  return subscription as Subscription<V>;
}

function waitingOn(host: ReaderHost, kind: Kind): Waiting {
  const details = (): ReturnType<Waiting['details']> => ({
    outcome: host.connected ? 'unknown' : 'notSent',
    cause: host.lastError,
  });
  return { command: commandName(kind), details };
}

/** What calls end with after the client was closed. */
export function closedError(kind: Kind): ClosedError {
  const command = commandName(kind);
  return new ClosedError(`${command}: the client is closed`, { command });
}
