/** The list of servers that a user gives: addresses, or addresses with names and weights. */

import { badArgument } from '../command/arguments.ts';
import { ArgumentError } from '../errors.ts';
import type { AddressInput } from '../transport/address.ts';

/** One of several servers. */
export interface ServerInput {
  readonly address: AddressInput;
  /**
   * Decides together with a key on which server the key lies: keep it when the address changes. Default: the text of
   * the
   * address as it is written, without user and password.
   */
  readonly name?: string | undefined;
  /**
   * Share of the keys in relation to the other servers.
   *
   * @default 1
   */
  readonly weight?: number | undefined;
}

/** Several servers; at least one. */
export type ServerList<S extends ServerInput = ServerInput> = readonly (AddressInput | S)[];

/** One element of a list, read. */
export interface ListedServer<S extends ServerInput = ServerInput> {
  /** `undefined` where the address has no text that could be a name: that of the parsed address takes its place. */
  readonly name: string | undefined;
  readonly address: AddressInput;
  /** The element where it is an object with an address, with all its other properties. */
  readonly more: Partial<S>;
}

const LOGIN = /^([a-z+]+:\/\/)[^/?#]*@/i;

/**
 * Reads a list of servers. `known` are the properties that an element may have beside address, name and weight.
 *
 * @throws ArgumentError for an empty list, an unknown property or a name that is no text
 */
export function readServerList<S extends ServerInput = ServerInput>(
  list: ServerList<S>,
  known: readonly string[] = [],
): ListedServer<S>[] {
  if (list.length === 0) throw new ArgumentError('address: expected at least one server');
  const all = new Set(['address', 'name', 'weight', ...known]);
  return list.map((element, i) => readElement<S>(element, `address[${i}]`, all));
}

function readElement<S extends ServerInput>(
  element: AddressInput | S,
  where: string,
  known: ReadonlySet<string>,
): ListedServer<S> {
  if (typeof element !== 'object' || element === null || !('address' in element))
    return { name: writtenName(element), address: element, more: {} };
  for (const property of Object.keys(element))
    if (!known.has(property)) throw new ArgumentError(`${where}: unknown property ${property}`);
  const { address, name } = element;
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw badArgument(`${where}.name`, 'a text that is not empty', name);
  return { name: name ?? writtenName(address), address, more: element };
}

/** Never resolved, and without what may be secret: the same server has the same name on every machine. */
function writtenName(address: AddressInput): string | undefined {
  if (typeof address !== 'string' && !(address instanceof URL)) return undefined;
  return String(address).replace(LOGIN, '$1');
}
