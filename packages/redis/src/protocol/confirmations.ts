import { type AnyCommand, Flag } from '@kv/core';
import type { Reply } from '@kv/resp-parser';
import { text } from '../commands/support/replies.ts';
import { keptName } from '../pubsub/channel-name.ts';
import { hasPrefix } from './errors.ts';

/** What a cluster answers when it does not serve a slot. No command without keys is answered so. */
const OTHER_SLOT = ['MOVED', 'ASK', 'TRYAGAIN', 'CLUSTERDOWN'] as const;

/**
 * Counts the confirmations of the command that changes subscriptions and is answered next.
 *
 * A server may end the subscription of a channel just when SUNSUBSCRIBE is on its way. It sends what looks like the
 * confirmation, and then refuses the command: two answers for one command. So SUNSUBSCRIBE is answered only by what
 * comes after its confirmation.
 *
 * ```text
 *   sent:      SUNSUBSCRIBE c               PING
 *   received:  push sunsubscribe c          PONG    the usual case: both are answered with PONG
 *   received:  push sunsubscribe c  -MOVED  PONG    -MOVED answers SUNSUBSCRIBE, PONG answers PING
 * ```
 */
export class Confirmations {
  count = 0;
  /** SUNSUBSCRIBE was confirmed: what comes next shows whether that was its own confirmation. */
  isLeft = false;

  /** Counts one. @returns whether the command is answered with it */
  add({ spec, args }: AnyCommand): boolean {
    if (++this.count < args.length) return false;
    this.isLeft = spec.name === 'SUNSUBSCRIBE';
    return !this.isLeft;
  }

  /** The next command begins. */
  reset(): void {
    this.count = 0;
    this.isLeft = false;
  }
}

/** Whether a push confirms this command. The server may also end the subscription of a channel by itself. */
export function isConfirmation([kind, name]: readonly Reply[], { spec, args, flags }: AnyCommand): boolean {
  if ((flags & Flag.subscription) === 0 || spec.name !== text(kind).toUpperCase()) return false;
  return spec.name !== 'SUNSUBSCRIBE' || keptName(name) === keptName(args[0]);
}

/** Whether an error behind the confirmation of SUNSUBSCRIBE answers SUNSUBSCRIBE, and not the PING behind it. */
export function answersLeaving(error: Error): boolean {
  return hasPrefix(error, ...OTHER_SLOT) || /sunsubscribe|channel/i.test(error.message);
}
