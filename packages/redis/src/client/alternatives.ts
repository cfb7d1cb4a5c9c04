import { type AnyCommand, Flag } from '@kv/core';

/** Alternatives that hold for clients and pools. */
const FOR_ALL: Readonly<Record<string, string>> = {
  MONITOR: 'use monitor() of a client',
  MULTI: 'use multi()',
  EXEC: 'use multi()',
  DISCARD: 'use multi()',
  HELLO: 'use the protocol option',
};

/** For what changes the state of a connection. */
const ON_CLIENT: Readonly<Record<string, string>> = {
  ...FOR_ALL,
  WATCH: 'use session() or transaction()',
  SELECT: 'use select(), the db option, or session()',
  AUTH: 'use auth(), or the username and password options',
  'CLIENT SETNAME': 'use setName(), or session()',
  'CLIENT SETINFO': 'use the library option, or session()',
  'CLIENT TRACKING': 'use the handshake option, or session()',
  'CLIENT NO-EVICT': 'use the handshake option, or session()',
  'CLIENT NO-TOUCH': 'use the handshake option, or session()',
  READONLY: 'use the handshake option, or session()',
};

const ON_POOL: Readonly<Record<string, string>> = {
  ...FOR_ALL,
  AUTH: 'use the username and password options',
  SELECT: 'use select() or acquire()',
};

/** What a client, its sessions and a raw connection say to use instead of a command that they cannot send. */
export function alternativeOnClient(command: AnyCommand): string {
  return alternativeByFlags(command) ?? ON_CLIENT[command.spec.name] ?? 'use session()';
}

/** The same for a pool and its leases. */
export function alternativeOnPool(command: AnyCommand): string {
  return alternativeByFlags(command) ?? ON_POOL[command.spec.name] ?? 'use acquire()';
}

function alternativeByFlags({ flags }: AnyCommand): string | undefined {
  if ((flags & Flag.forbidden) !== 0) return 'it is not offered, because it breaks the pairing of requests and replies';
  if ((flags & Flag.subscription) !== 0) return 'use subscribe(), psubscribe() or ssubscribe() of a client';
  if ((flags & Flag.quit) !== 0) return 'use close(), or release() of the session or lease';
  return undefined;
}
