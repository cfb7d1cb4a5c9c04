/** What every connection is told first, changed while the client is running. */
import { asKvError, type CallOptions, Command, type Connection, type Engine, spec } from '@kv/core';
import { ok } from '../commands/support/replies.ts';
import type { Login } from '../protocol/handshake.ts';
import type { RedisWire } from '../protocol/wire.ts';
import { readName } from './login-options.ts';
import { clearOthers, limitsOf, loginOf } from './select-database.ts';

const AUTH = spec('AUTH', 0);
const CLIENT_SETNAME = spec('CLIENT SETNAME', 0);

/** Gives all connections of a client another name; '' takes it away. */
export async function renameConnections(client: Engine, given: string, call: CallOptions): Promise<'OK'> {
  const name = readName(given, 'name');
  return change(client, new Command(CLIENT_SETNAME, [name], ok), call, { name: name === '' ? undefined : name });
}

/** Logs in all connections of a client again, as another user. The server says first whether it takes the password. */
export async function loginAgain(
  client: Engine,
  user: string,
  given: string | undefined,
  call: CallOptions,
): Promise<'OK'> {
  const credentials = given === undefined ? { password: user } : { username: user, password: given };
  const args = given === undefined ? [user] : [user, given];
  await client.connect();
  return change(client, new Command(AUTH, args, ok), call, { credentials });
}

/** What a login has that can change. */
type Change = Partial<Pick<Login, 'name' | 'credentials'>>;

/** Tells all shared connections; where one refuses, everything is as it was. Others are replaced, or cleaned after use. */
async function change(client: Engine, command: Command<'OK'>, call: CallOptions, to: Change): Promise<'OK'> {
  const login = loginOf(client);
  const before: Change = { name: login.name, credentials: login.credentials };
  become(login, to);
  const asked = client.endpoints.flatMap(({ shared }) => [...shared.ready]);
  const limits = limitsOf(client, call);
  const answers = await Promise.allSettled(asked.map((connection) => connection.sendInternal(command, limits)));
  clearOthers(client);
  const refused = answers.find((answer) => answer.status === 'rejected');
  if (refused === undefined) {
    for (const { wire } of asked) (wire as RedisWire).loginVersion = login.version;
    return 'OK';
  }
  become(login, before);
  replace(
    asked.filter((_, at) => isChanged(answers[at])),
    refused.reason,
  );
  throw refused.reason;
}

function become(login: Login, to: Change): void {
  Object.assign(login, to);
  login.version = (login.version ?? 0) + 1;
}

/** It took the change, or may do so yet. */
function isChanged(answer: PromiseSettledResult<unknown> | undefined): boolean {
  return answer?.status !== 'rejected' || asKvError(answer.reason).outcome === 'unknown';
}

function replace(connections: readonly Connection[], cause: unknown): void {
  for (const connection of connections) connection.destroy(asKvError(cause));
}
