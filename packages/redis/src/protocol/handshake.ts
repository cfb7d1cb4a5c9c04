import {
  type AnyCommand,
  ArgumentError,
  Command,
  ConnectionError,
  type Executor,
  Flag,
  isKvError,
  read,
  spec,
} from '@kv/core';
import { record, text } from '../commands/support/replies.ts';
import { hasPrefix } from './errors.ts';
import type { RedisWire } from './protocol.ts';

const HELLO = spec('HELLO', 0);
const AUTH = spec('AUTH', 0);
const SELECT = spec('SELECT', Flag.stateful);
const CLIENT_SETNAME = spec('CLIENT SETNAME', 0);
const CLIENT_SETINFO = spec('CLIENT SETINFO', 0);
const CLIENT_ID = read('CLIENT ID', null);
const PING = read('PING', null);

/** Put in by the build, from package.json; sources that run without a build have no version. */
declare const KV_VERSION: string | undefined;
const VERSION = typeof KV_VERSION === 'string' ? KV_VERSION : '0.0.0';

/**
 * User and password. Without a user it is the one of the `username` option or of the URL, and else the `default` user
 * (or the old `requirepass`).
 */
export interface Credentials {
  readonly username?: string | undefined;
  readonly password: string;
}

/** Asked at every handshake, so that expiring tokens are fresh; asked once more when the server refuses them. */
export type CredentialsProvider = () => Credentials | Promise<Credentials>;

/** What every connection says first. */
export interface Login {
  /** The newest protocol to ask for. */
  readonly resp: 2 | 3;
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** Whose credentials they are where they do not say it. */
  readonly username?: string | undefined;
  /** CLIENT SETNAME. */
  readonly name?: string | undefined;
  /** The database. `pool.select()` changes it for connections to come. */
  db: number;
}

/**
 * HELLO, or where the server refuses it AUTH; then database, names and a PING that tells a server that is still loading.
 * What does not depend on an answer is written at once.
 */
export async function handshake(wire: RedisWire, login: Login, send: Executor['send']): Promise<void> {
  try {
    await authenticate(wire, login, send);
  } catch (error) {
    if (hasPrefix(error, 'ERR') && /max number of clients/i.test(error.message))
      throw new ConnectionError('The server takes no more clients', { cause: error }); // it may later
    if (typeof login.credentials !== 'function' || !isWrongPassword(error)) throw error;
    await authenticate(wire, login, send); // the token may have expired on its way
  }
  await Promise.all(afterLogin(wire, login, send));
  while (wire.db !== login.db) await select(login, send); // it was changed meanwhile
}

/** Servers before 6.0 say `ERR invalid password`. */
function isWrongPassword(error: unknown): boolean {
  return hasPrefix(error, 'WRONGPASS') || (hasPrefix(error, 'ERR') && /invalid password/i.test(error.message));
}

async function authenticate(wire: RedisWire, login: Login, send: Executor['send']): Promise<void> {
  const credentials = await currentCredentials(login);
  if (login.resp === 3) {
    try {
      return await hello(wire, credentials, send);
    } catch (error) {
      if (!speaksOnlyOldProtocol(error)) throw error;
    }
  }
  wire.resp = 2;
  if (credentials !== undefined) await send(new Command(AUTH, loginArguments(credentials), text));
}

async function hello(wire: RedisWire, credentials: Credentials | undefined, send: Executor['send']): Promise<void> {
  const args =
    credentials === undefined ? ['3'] : ['3', 'AUTH', credentials.username ?? 'default', credentials.password];
  const server = await send(new Command(HELLO, args, (raw) => record(raw)));
  wire.resp = 3;
  wire.clientId = server['id'] as number;
}

async function currentCredentials({ credentials, username }: Login): Promise<Credentials | undefined> {
  if (credentials === undefined) return undefined;
  const given = typeof credentials === 'function' ? await credentials() : credentials;
  if (typeof given.password !== 'string') throw new ArgumentError('credentials: the provider gave no password');
  return { username: given.username ?? username, password: given.password };
}

function loginArguments({ username, password }: Credentials): string[] {
  return username === undefined ? [password] : [username, password];
}

/** A server before 6.0, or a proxy that knows no HELLO. */
function speaksOnlyOldProtocol(error: unknown): boolean {
  if (hasPrefix(error, 'NOPROTO')) return true;
  return hasPrefix(error, 'ERR') && /unknown command|unsupported|syntax/i.test(error.message);
}

function* afterLogin(wire: RedisWire, login: Login, send: Executor['send']): Generator<Promise<unknown>> {
  if (login.db !== wire.db) yield select(login, send);
  if (wire.clientId === undefined) yield ignoreRefusal(send(clientId(wire)));
  if (login.name !== undefined) yield send(new Command(CLIENT_SETNAME, [login.name], text));
  yield ignoreRefusal(send(new Command(CLIENT_SETINFO, ['LIB-NAME', 'kv'], text)));
  yield ignoreRefusal(send(new Command(CLIENT_SETINFO, ['LIB-VER', VERSION], text)));
  yield ready(send);
}

function select({ db }: Login, send: Executor['send']): Promise<string> {
  return send(new Command(SELECT, [String(db)], text));
}

function clientId(wire: RedisWire): AnyCommand {
  return new Command(CLIENT_ID, [], (raw) => {
    wire.clientId = raw as number;
  });
}

/** Older servers do not know it, and users may not be allowed to. */
async function ignoreRefusal(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isKvError(error) || error.code !== 'REPLY') throw error;
  }
}

/** A server that still loads its data is as good as away: the next attempt comes after a while. */
async function ready(send: Executor['send']): Promise<void> {
  try {
    await send(new Command(PING, [], text));
  } catch (error) {
    if (hasPrefix(error, 'LOADING', 'MASTERDOWN'))
      throw new ConnectionError('The server is not ready yet', { cause: error });
    if (hasPrefix(error, 'NOAUTH')) throw error;
    if (!isKvError(error) || error.code !== 'REPLY') throw error;
  }
}
