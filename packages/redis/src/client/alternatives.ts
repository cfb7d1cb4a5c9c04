import { type AnyCommand, Flag } from '@kv/core';

/** What has a way of its own, whoever refuses the command. */
const INSTEAD: Readonly<Record<string, string>> = {
  MONITOR: 'use monitor() of a client',
  MULTI: 'use multi()',
  EXEC: 'use multi()',
  DISCARD: 'use multi()',
  AUTH: 'use the username and password options',
  HELLO: 'use the protocol option',
};

/** For what changes the state of a line. */
const ON_CLIENT: Readonly<Record<string, string>> = {
  ...INSTEAD,
  WATCH: 'use session() or transaction()',
  SELECT: 'use the db option, or session()',
};

const ON_POOL: Readonly<Record<string, string>> = { ...INSTEAD, SELECT: 'use select() or acquire()' };

/** What a client, its sessions and a raw connection say to use instead of a command that they cannot send. */
export function alternativeOnClient(command: AnyCommand): string {
  return insteadOf(command) ?? ON_CLIENT[command.spec.name] ?? 'use session()';
}

/** The same for a pool and its leases. */
export function insteadOnPool(command: AnyCommand): string {
  return insteadOf(command) ?? ON_POOL[command.spec.name] ?? 'use acquire()';
}

function insteadOf({ flags }: AnyCommand): string | undefined {
  if ((flags & Flag.forbidden) !== 0) return 'it is not offered, because it breaks the pairing of requests and replies';
  if ((flags & Flag.subscription) !== 0) return 'use subscribe(), psubscribe() or ssubscribe() of a client';
  if ((flags & Flag.quit) !== 0) return 'use close(), or release() of the session or lease';
  return undefined;
}
