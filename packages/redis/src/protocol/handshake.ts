import {
  type AnyCommand,
  ArgumentError,
  Command,
  ConnectionError,
  type Executor,
  Flag,
  isKvError,
  outsideOfCalls,
  read,
  spec,
} from '@kv/core';
import { asIs, mapValues, text } from '../commands/support/replies.ts';
import { hasPrefix, type ReplyError, withoutPassword } from './errors.ts';
import type { ServerRole, ToldRole } from './role.ts';

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
  credentials?: Credentials | CredentialsProvider | undefined;
  /** Whose credentials they are where they do not say it. */
  readonly username?: string | undefined;
  /** CLIENT SETNAME. */
  name?: string | undefined;
  /** CLIENT SETINFO; default: this library. `false`: it is not sent. */
  readonly library?: { readonly name: string; readonly version?: string | undefined } | false | undefined;
  /** Sent at the end of every handshake, in the database. */
  readonly commands?: readonly AnyCommand[] | undefined;
  /** Grows with every change of name or credentials; connections with another one have logged in otherwise. */
  version?: number;
  /** The database. `pool.select()` changes it for connections to come. */
  db: number;
  /** See {@link LEAVES_OUT}. */
  lostAsking?: number;
}

/** What the handshake finds out or sets about its connection. */
export interface LoggedIn {
  /** The version of the protocol. */
  resp: 2 | 3;
  clientId: number | bigint | undefined;
  /** What the server says that it is, where HELLO tells it. */
  role: string | undefined;
  /** What it says in ROLE, where it was asked. */
  told: ToldRole | undefined;
  /** What the server must say that it is; undefined: anything will do. */
  readonly wantedRole: ServerRole | undefined;
  /** The database that is selected. */
  readonly db: number;
  /** Availability zone of the server, where HELLO tells it. */
  zone: string | undefined;
  /** {@link Login.version} of what it has logged in with. */
  loginVersion: number | undefined;
}

/**
 * Some proxies close on what they do not know, and a server may go away twice by chance: steps of {@link Login.lostAsking}
 * in which a connection leaves out what it can do without.
 *
 * ```text
 *   0 asks ── closed ──► 1 asks ── closed ──► 2 leaves out ── ready ──► 3 asks once more ── closed ──► 4 leaves out
 *     ▲                                            │                       │
 *     └───────────────── closed as well ───────────┴──────── ready ────────┘
 * ```
 */
const LEAVES_OUT: readonly boolean[] = [false, false, true, false, true];
const AFTER_READY: readonly number[] = [0, 0, 3, 0, 4];
const AFTER_LOSS: readonly number[] = [1, 2, 0, 4, 4];

/**
 * HELLO, or where the server refuses it AUTH; then database, names and a PING that tells a server that is still loading.
 * What does not depend on an answer is written at once.
 */
export async function handshake(wire: LoggedIn, login: Login, send: Executor['send']): Promise<void> {
  try {
    do {
      wire.loginVersion = login.version;
      await logIn(wire, login, send);
      wire.told = wire.wantedRole && (await roleChecked(wire, send));
      await introduce(wire, login, send);
    } while (wire.loginVersion !== login.version); // it was changed meanwhile
    while (wire.db !== login.db) await select(login, send);
    await Promise.all((login.commands ?? []).map((command) => send(command)));
  } catch (error) {
    throw mayPass(error) ? new ConnectionError(NOT_READY, { cause: error }) : error;
  }
}

/** Loads the code that checks the role of a server, which only clients of sentinels need. */
async function roleChecked({ wantedRole, role }: LoggedIn, send: Executor['send']): Promise<ToldRole | undefined> {
  const { checkRole } = await outsideOfCalls(() => import('./role.ts'));
  return checkRole(wantedRole, role, send);
}

const NOT_READY = 'The server is not ready yet';

/** The server is loading, has lost its master, or runs a script: the next attempt comes after a while. */
function mayPass(error: unknown): boolean {
  return hasPrefix(error, 'LOADING', 'MASTERDOWN', 'BUSY');
}

async function logIn(wire: LoggedIn, login: Login, send: Executor['send']): Promise<void> {
  try {
    await authenticate(wire, login, send);
  } catch (error) {
    if (isFull(error)) throw new ConnectionError('The server takes no more clients', { cause: error }); // it may later
    if (typeof login.credentials !== 'function' || !isWrongPassword(error)) throw error;
    await authenticate(wire, login, send); // the token may have expired on its way
  }
}

async function introduce(wire: LoggedIn, login: Login, send: Executor['send']): Promise<void> {
  const { lostAsking: step = 0 } = login;
  try {
    await Promise.all((LEAVES_OUT[step] === true ? needed : afterLogin)(wire, login, send));
    goOn(login, step, AFTER_READY);
  } catch (error) {
    if (wasClosed(error)) goOn(login, step, AFTER_LOSS);
    throw error;
  }
}

/** Goes on to the next step, unless a connection that was made at the same time has done so. */
function goOn(login: Login, step: number, next: readonly number[]): void {
  if ((login.lostAsking ?? 0) === step) login.lostAsking = next[step] ?? 0;
}

/** By the other side: a server that is too slow does not close on what it was asked. */
function wasClosed(error: unknown): boolean {
  if (!isKvError(error) || error.code !== 'CONNECTION') return false;
  return !isKvError(error.cause) || error.cause.code !== 'TIMEOUT';
}

function isFull(error: unknown): error is ReplyError {
  return hasPrefix(error, 'ERR') && /max number of clients/i.test(error.message);
}

/** Servers before 6.0 say `ERR invalid password`. */
function isWrongPassword(error: unknown): boolean {
  return hasPrefix(error, 'WRONGPASS') || (hasPrefix(error, 'ERR') && /invalid password/i.test(error.message));
}

async function authenticate(wire: LoggedIn, login: Login, send: Executor['send']): Promise<void> {
  const credentials = await currentCredentials(login);
  try {
    if (login.resp === 3 && (await hello(wire, credentials, send))) return;
    wire.resp = 2;
    if (credentials !== undefined) await plainLogin(credentials, send);
  } catch (error) {
    throw withoutPassword(error, credentials?.password ?? '');
  }
}

/** A server without a password takes any in HELLO, so it does so here. */
async function plainLogin(credentials: Credentials, send: Executor['send']): Promise<void> {
  try {
    await send(new Command(AUTH, loginArguments(credentials), text));
  } catch (error) {
    if (!isNeedless(error)) throw error;
  }
}

function isNeedless(error: unknown): boolean {
  return hasPrefix(error, 'ERR') && /without any password configured|no password is set/i.test(error.message);
}

/** Whether the server speaks RESP3. Servers before 6.0 and proxies refuse HELLO in words of their own. */
async function hello(wire: LoggedIn, credentials: Credentials | undefined, send: Executor['send']): Promise<boolean> {
  const args =
    credentials === undefined ? ['3'] : ['3', 'AUTH', credentials.username ?? 'default', credentials.password];
  try {
    const server = await send(new Command(HELLO, args, (raw) => mapValues(raw, asIs)));
    wire.resp = 3;
    wire.clientId = server['id'] as number;
    wire.zone = zoneNamed(server['availability_zone']);
    wire.role = roleNamed(server['role']);
    return true;
  } catch (error) {
    if (!isRefusal(error) || isWrongPassword(error) || mayPass(error) || isFull(error)) throw error;
    return false;
  }
}

/** Valkey tells it from 8.1 on; an empty one is none. */
function zoneNamed(zone: unknown): string | undefined {
  return typeof zone === 'string' && zone !== '' ? zone : undefined;
}

function roleNamed(role: unknown): string | undefined {
  return role === undefined ? undefined : text(role);
}

async function currentCredentials({ credentials, username }: Login): Promise<Credentials | undefined> {
  if (credentials === undefined) return undefined;
  const given = typeof credentials === 'function' ? await credentials() : credentials;
  if (typeof given?.password !== 'string') throw new ArgumentError('credentials: the provider gave no password');
  const user = given.username ?? username;
  return user === undefined && given.password === '' ? undefined : { username: user, password: given.password };
}

function loginArguments({ username, password }: Credentials): string[] {
  return username === undefined ? [password] : [username, password];
}

function* afterLogin(wire: LoggedIn, login: Login, send: Executor['send']): Generator<Promise<unknown>> {
  if (login.db !== wire.db) yield select(login, send);
  if (wire.clientId === undefined) yield ignoreRefusal(send(clientId(wire)));
  if (login.name !== undefined) yield ignoreRefusal(send(new Command(CLIENT_SETNAME, [login.name], text)));
  yield* libraryInfo(login, send);
  yield ready(send);
}

function* libraryInfo({ library }: Login, send: Executor['send']): Generator<Promise<unknown>> {
  if (library === false) return;
  const { name, version } = library ?? { name: 'kv', version: VERSION };
  yield ignoreRefusal(send(new Command(CLIENT_SETINFO, ['LIB-NAME', name], text)));
  if (version !== undefined) yield ignoreRefusal(send(new Command(CLIENT_SETINFO, ['LIB-VER', version], text)));
}

/** What a connection cannot do without. */
function* needed(wire: LoggedIn, login: Login, send: Executor['send']): Generator<Promise<unknown>> {
  if (login.db !== wire.db) yield select(login, send);
  yield ready(send);
}

function select({ db }: Login, send: Executor['send']): Promise<string> {
  return send(new Command(SELECT, [String(db)], text));
}

function clientId(wire: LoggedIn): AnyCommand {
  return new Command(CLIENT_ID, [], (raw) => {
    if (typeof raw === 'number' || typeof raw === 'bigint') wire.clientId = raw;
  });
}

/** Older servers do not know it, and users may not be allowed to. */
async function ignoreRefusal(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** An error reply, or one of a form that a server that knows the command never gives. */
function isRefusal(error: unknown): boolean {
  return isKvError(error) && (error.code === 'REPLY' || error.code === 'PROTOCOL');
}

/** A server that still loads its data is as good as away. A user may not be allowed to PING. */
async function ready(send: Executor['send']): Promise<void> {
  try {
    await send(new Command(PING, [], text));
  } catch (error) {
    if (mayPass(error) || hasPrefix(error, 'NOAUTH')) throw error;
    if (!isKvError(error) || error.code !== 'REPLY') throw error;
  }
}

/** Opens, again where a server or proxy closed on what the next attempt leaves out. */
export async function askingLess<T>(login: Login, open: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = login.lostAsking ?? 0;
    try {
      return await open();
    } catch (error) {
      if ((login.lostAsking ?? 0) <= before) throw error;
    }
  }
}
