/** Arguments of scripts and functions: keys, counted, and what else they are given. */
import { type Arg, ArgumentError, badArgument, type Data, isBytes, toArg } from '@kv/core';
import { addAny, type Many } from './arguments.ts';

/**
 * The keys that a script or function works on: one, or a list, which may be empty. They are counted for you; a number is
 * refused, because it is nearly always meant as that count.
 */
export type ScriptKeys = string | Uint8Array | readonly Data[];

/** `head numkeys key … argument …`. */
export function scriptArgs(head: Arg, keys: ScriptKeys, args: readonly Many[]): Arg[] {
  const all = typeof keys === 'string' || isBytes(keys) ? [keys] : keys;
  if (!Array.isArray(all)) throw badArgument('keys', 'a key or a list of keys, without their number', keys);
  const given: Arg[] = [head, String(all.length)];
  for (const key of all as readonly Data[]) given.push(toArg(key, 'keys'));
  return addAny(given, args, 'args');
}

/** Checks the SHA-1 of a script. @throws ArgumentError */
export function sha1Arg(value: string, name: string): string {
  if (typeof value === 'string' && /^[0-9a-f]{40}$/i.test(value)) return value;
  throw badArgument(name, '40 hexadecimal digits', value);
}

/** Checks one or several of them. @throws ArgumentError when there is none */
export function sha1Args(values: readonly (string | readonly string[])[]): Arg[] {
  const all = values.flat() as string[];
  if (all.length === 0) throw new ArgumentError('sha1s: expected at least one, got none');
  return all.map((value) => sha1Arg(value, 'sha1s'));
}
