import { Command, ConnectionError, type Executor, read } from '@kv/core';
import { list, text } from '../commands/support/replies.ts';

const ROLE = new Command(read('ROLE', null), [], (raw) => text(list(raw)[0]));

/** A server was to be the primary, and says of itself that it is not. */
export class WrongRoleError extends ConnectionError {}

/**
 * Makes sure that a server is a primary by its own words.
 *
 * @param told what it said in HELLO; undefined when it was not asked or did not say
 * @throws WrongRoleError when it is not
 */
export async function checkPrimary(told: string | undefined, send: Executor['send']): Promise<void> {
  const role = told ?? (await send(ROLE));
  if (role !== 'master') throw new WrongRoleError(`The server is no primary; it says that it is a ${role}`);
}
