/** What is said on every new connection before anything else. */
import { ArgumentError, answered, type Executor } from '@kv/core';
import { auth, ping } from '../commands/server.ts';
import { AuthenticationError, withoutPassword } from './errors.ts';

/** The password, or a function that is asked for it on every connect, and once more when the server refuses what it gave. */
export type Password = string | (() => string | Promise<string>);

/**
 * Gives the password, if there is one. A refusal fails the connection, and for good: it is not tried again. Without a
 * password the server is asked with a PING: that it accepts a connection does not yet mean that it serves it.
 */
export async function handshake(send: Executor['send'], password: Password | undefined): Promise<void> {
  if (password === undefined) return answered(send(ping()));
  try {
    await login(send, password);
  } catch (error) {
    if (typeof password !== 'function' || !(error instanceof AuthenticationError)) throw error;
    await login(send, password); // it may have changed on its way
  }
}

async function login(send: Executor['send'], password: Password): Promise<void> {
  const given = typeof password === 'function' ? await password() : password;
  if (typeof given !== 'string') throw new ArgumentError('password: the provider gave no string');
  if (given === '') return answered(send(ping()));
  try {
    await send(auth(given));
  } catch (error) {
    throw withoutPassword(error, given);
  }
}
