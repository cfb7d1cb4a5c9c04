/** What is said on every new connection before anything else. */
import { ArgumentError, type Executor } from '@kv/core';
import { auth } from './commands/server.ts';

/** The password, or a function that is asked for it on every connect. */
export type Password = string | (() => string | Promise<string>);

/** Gives the password, if there is one. A refusal fails the connection, and for good: it is not tried again. */
export async function handshake(send: Executor['send'], password: Password | undefined): Promise<void> {
  if (password === undefined) return;
  const given = typeof password === 'function' ? await password() : password;
  if (typeof given !== 'string') throw new ArgumentError('password: the provider gave no string');
  await send(auth(given));
}
