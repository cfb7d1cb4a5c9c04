/** Options that are about who logs in, which servers and sentinels have alike. */
import { ArgumentError, Rule } from '@kv/core';
import type { Credentials, CredentialsProvider, Login } from '../protocol/handshake.ts';

/** CLIENT SETNAME of all servers takes no spaces, control characters or letters beyond ASCII. */
export function readName(value: unknown, name: string): string {
  if (typeof value === 'string' && /^[!-~]*$/.test(value)) return value;
  throw new ArgumentError(`${name}: expected visible ASCII characters without spaces`);
}

const CREDENTIALS = Rule.nested({ username: Rule.word, password: Rule.text });

/** Checks user and password, or takes the function that gives them. @throws ArgumentError */
export function readCredentials(value: unknown, name: string): Credentials | CredentialsProvider {
  if (typeof value === 'function') return value as CredentialsProvider;
  if (typeof value !== 'object' || value === null)
    throw new ArgumentError(`${name}: expected { username?, password } or a function`);
  const given = CREDENTIALS.read(value, name) as Partial<Credentials>;
  if (given.password === undefined) throw new ArgumentError(`${name}.password: it is missing`);
  return { username: given.username, password: given.password };
}

/** What options say about the login. */
export interface LoginOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly credentials?: Credentials | CredentialsProvider | undefined;
}

/**
 * Who logs in. @param prefix put before the names of options in messages
 * @throws ArgumentError when user, password and credentials do not fit together
 */
export function readLogin(
  { username, password: given, credentials }: LoginOptions,
  prefix = '',
): Pick<Login, 'credentials' | 'username'> {
  const password = given === '' && username === undefined ? undefined : given; // an empty one is none
  if (credentials !== undefined && password !== undefined)
    throw new ArgumentError(`${prefix}credentials: a password is given as well`);
  if (username !== undefined && password === undefined && credentials === undefined)
    throw new ArgumentError(`${prefix}password: a user is given without a password`);
  return { credentials: credentials ?? (password === undefined ? undefined : { username, password }), username };
}
