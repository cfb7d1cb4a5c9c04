/** MIGRATE: keys to another server. */
import { type Arg, Command, integer, toArg, write } from '@kv/core';
import { migrateKeys } from '../protocol/key-specs.ts';
import {
  type AtMostOne,
  addData,
  addMany,
  addSwitch,
  checkObject,
  checkOptions,
  chosen,
  type Int,
  type Many,
} from './support/arguments.ts';
import { ok, text } from './support/replies.ts';

const MIGRATE = write('MIGRATE', migrateKeys);

/** Options of {@link migrate}; `auth` and `auth2` exclude each other. */
export type MigrateOptions = AtMostOne<{
  /** Password of the other server. Since 4.0.7. */
  auth: string;
  /** User and password of the other server. Since 6.0. */
  auth2: { readonly username: string; readonly password: string };
}> & {
  /** Keep the keys here. */
  readonly copy?: boolean | undefined;
  /** Overwrite keys there. */
  readonly replace?: boolean | undefined;
};

const OPTIONS = new Set(['auth', 'auth2', 'copy', 'replace']);

function addCredentials(args: Arg[], options: MigrateOptions): void {
  chosen(options, ['auth', 'auth2']);
  addData(args, 'AUTH', options.auth, 'auth');
  if (options.auth2 === undefined || options.auth2 === false) return;
  checkObject(options.auth2, 'options.auth2', '{ username, password }');
  const { username, password } = options.auth2;
  args.push('AUTH2', toArg(username, 'options.auth2.username'), toArg(password, 'options.auth2.password'));
}

/**
 * Moves keys to another server, which this server does in one step for each of the two. `timeout` in milliseconds, for
 * the longest pause between the servers.
 *
 * @returns `'NOKEY'` when none of the keys exists
 * @throws ReplyError `IOERR` when the other server did not answer; its refusal, for example `BUSYKEY`
 * @since 2.6.0
 * @see https://redis.io/commands/migrate/
 */
export function migrate<V = string>(
  host: string,
  port: Int,
  keys: Many,
  db: Int,
  timeout: Int,
  options: MigrateOptions = {},
): Command<'OK' | 'NOKEY', V> {
  checkOptions(options, OPTIONS);
  const names: Arg[] = [];
  addMany(names, [keys], 'keys');
  const [first = ''] = names;
  const alone = names.length === 1 && first.length > 0;
  const args: Arg[] = [toArg(host, 'host'), integer(port, 'port', 1, 65535), alone ? first : ''];
  args.push(integer(db, 'db', 0), integer(timeout, 'timeout', 0));
  addSwitch(args, 'COPY', options.copy, 'copy');
  addSwitch(args, 'REPLACE', options.replace, 'replace');
  addCredentials(args, options);
  return new Command<'OK' | 'NOKEY', V>(MIGRATE, alone ? args : [...args, 'KEYS', ...names], answer);
}

function answer(raw: unknown): 'OK' | 'NOKEY' {
  return text(raw) === 'NOKEY' ? 'NOKEY' : ok(raw);
}
