import { type Arg, ArgumentError, type Data, idempotent, Keys, read, type Spec, toArg, write } from '@kv/core';

/** What every command is called, whether it may be repeated, and where its key is. */
export const PING: Spec = read('PING', Keys.none);
export const SET: Spec = idempotent('SET');
export const GET: Spec = read('GET');
export const DEL: Spec = idempotent('DEL');
export const HAS: Spec = read('HAS');
export const INCR: Spec = write('INCR');
export const EXPIRE: Spec = idempotent('EXPIRE');
export const TTL: Spec = read('TTL');
export const KEYS: Spec = read('KEYS');
export const LEN: Spec = read('LEN', Keys.none);

/** What must not be in a key: it would end the key, or the request. */
export const FORBIDDEN: readonly string[] = [' ', '\n'];

/** One word of a request. @throws ArgumentError */
export function wordArg(value: Data, name: string): Arg {
  const word = toArg(value, name);
  const text = typeof word === 'string' ? word : Buffer.from(word).toString('latin1');
  if (!FORBIDDEN.some((character) => text.includes(character))) return word;
  throw new ArgumentError(`${name}: it must not contain a space or a line break`);
}
