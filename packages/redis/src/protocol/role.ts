import { Command, ConnectionError, type Executor, read } from '@kv/core';
import { list, text } from '../commands/support/replies.ts';
import { endpointText } from '../topology/host.ts';
import { hasPrefix } from './errors.ts';

/** What a server is for those that share its data. */
export type ServerRole = 'primary' | 'replica';

/** What ROLE says of a server: its role in words of the server, and of a replica whom it follows and how. */
export interface ToldRole {
  readonly role: string;
  /** `host:port` of the server that a replica follows. */
  readonly primary: string | undefined;
  /** State of a replica's link: `connected`, `connect`, `connecting`, `sync`. */
  readonly link: string | undefined;
}

/** Asks a server what it is. */
export const ROLE: Command<ToldRole> = new Command(read('ROLE', null), [], (raw): ToldRole => {
  const [role, host, port, link] = list(raw);
  const primary = typeof host === 'string' ? endpointText(host, Number(port)) : undefined;
  return { role: text(role), primary, link: typeof link === 'string' ? link : undefined };
});

/** What a server says that it is; undefined where the user may not ask. */
export async function askRole(send: Executor['send']): Promise<ToldRole | undefined> {
  try {
    return await send(ROLE);
  } catch (error) {
    if (!hasPrefix(error, 'NOPERM', 'ERR')) throw error;
    return undefined;
  }
}

/** A server was to be the primary, or a replica, and says of itself that it is not. */
export class WrongRoleError extends ConnectionError {}

/**
 * Makes sure that a server is what it was named as, by its own words.
 *
 * @param told what it said in HELLO; undefined when it was not asked or did not say
 * @returns what it said in ROLE, where it was asked
 * @throws WrongRoleError when it is not
 */
export async function checkRole(
  wanted: ServerRole | undefined,
  told: string | undefined,
  send: Executor['send'],
): Promise<ToldRole | undefined> {
  if (wanted === 'primary') checkPrimary(told ?? (await send(ROLE)).role);
  if (wanted !== 'replica') return undefined;
  const role = await unlessForbidden(told, send);
  checkReplica(role);
  return role;
}

/** A user may not be allowed to ask: then what HELLO said has to do. */
async function unlessForbidden(told: string | undefined, send: Executor['send']): Promise<ToldRole> {
  if (told === undefined) return send(ROLE);
  return (await askRole(send)) ?? { role: told, primary: undefined, link: undefined };
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
