import { ArgumentError, type CallOptions, Command, type Engine, integer, stateful } from '@kv/core';
import { ok } from '../commands/support/replies.ts';
import type { Login } from '../protocol/handshake.ts';
import type { RedisProtocol } from '../protocol/protocol.ts';
import { extensionOf } from './client-extension.ts';

const SELECT = stateful('SELECT');

/** What all connections of a client log in with. */
export function loginOf({ setup }: Engine): Login {
  return (setup.protocol as RedisProtocol).login;
}

/**
 * Selects another database: on the shared connection in the order of the calls, on the others before they are used
 * again.
 */
export async function selectDatabase(client: Engine, db: number, call: CallOptions): Promise<'OK'> {
  if (extensionOf(client).clustered === true) throw new ArgumentError('select: a cluster has no database other than 0');
  const login = loginOf(client);
  const reply = (raw: unknown): 'OK' => {
    const answer = ok(raw);
    login.db = db; // in the moment of the answer, so that no later call meets the database before
    clearBulk(client); // large calls wait for this answer
    return answer;
  };
  const command = new Command(SELECT, [integer(db, 'db', 0)], reply);
  extensionOf(client).cache?.forget(); // reads from now on are behind it
  const answer = await client.sendInternal(command, { ...limitsOf(client, call), retry: 'always' });
  clearOthers(client);
  return answer;
}

/** Idle connections that have logged in as it was before; those in use are cleaned when they come back. */
export function clearOthers(client: Engine): void {
  extensionOf(client).cache?.forget();
  for (const endpoint of client.endpoints) {
    const { sessions, blocking, shared } = endpoint;
    for (const pool of [sessions, blocking]) if (pool !== shared) pool.clear();
  }
  clearBulk(client);
}

function clearBulk({ endpoints }: Engine): void {
  for (const endpoint of endpoints) endpoint.poolInUse('bulk')?.clear();
}

/** Deadline and signal of the calls of a view. */
export function limitsOf(client: Engine, { timeout = client.defaults.timeout, signal }: CallOptions): CallOptions {
  return { timeout, signal };
}
