import { Command, ConnectionError, type Executor, read } from '@kv/core';
import { list, text } from '../commands/support/replies.ts';
import { hasPrefix } from './errors.ts';

/** What a server is for those that share its data. */
export type ServerRole = 'primary' | 'replica';

/** What ROLE says of a server: its role in words of the server, and of a replica the state of its link. */
interface ToldRole {
  readonly role: string;
  readonly link: string | undefined;
}

const ROLE = new Command(read('ROLE', null), [], (raw): ToldRole => {
  const [role, , , link] = list(raw);
  return { role: text(role), link: typeof link === 'string' ? link : undefined };
});

/** A server was to be the primary, or a replica, and says of itself that it is not. */
export class WrongRoleError extends ConnectionError {}

/**
 * Makes sure that a server is what it was named as, by its own words.
 *
 * @param told what it said in HELLO; undefined when it was not asked or did not say
 * @throws WrongRoleError when it is not
 */
export async function checkRole(
  wanted: ServerRole | undefined,
  told: string | undefined,
  send: Executor['send'],
): Promise<void> {
  if (wanted === 'primary') checkPrimary(told ?? (await send(ROLE)).role);
  else if (wanted === 'replica') checkReplica(await unlessForbidden(told, send));
}

/** A user may not be allowed to ask: then what HELLO said has to do. */
async function unlessForbidden(told: string | undefined, send: Executor['send']): Promise<ToldRole> {
  try {
    return await send(ROLE);
  } catch (error) {
    if (told === undefined || !hasPrefix(error, 'NOPERM', 'ERR')) throw error;
    return { role: told, link: undefined };
  }
}

function checkPrimary(role: string): void {
  if (role !== 'master') throw new WrongRoleError(`The server is no primary; it says that it is a ${role}`);
}

/** One that has just been made a replica still has what it had as a primary, which may be lost by now. */
function checkReplica({ role, link = 'connected' }: ToldRole): void {
  if (role === 'master') throw new WrongRoleError('The server is no replica; it says that it is a master');
  if (link !== 'connected')
    throw new ConnectionError(`The replica has no data of its primary yet; its link is in the state ${link}`);
}
