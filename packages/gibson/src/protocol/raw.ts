import { type AnyCommand, type Arg, ArgumentError, Command, type Data, type Spec } from '@kv/core';
import {
  keyArg,
  limitArg,
  lockTimeArg,
  metaFieldArg,
  prefixArg,
  rawInteger,
  rawText,
  ttlArg,
  valueArg,
} from '../commands/support/arguments.ts';
import { wireValue } from '../commands/support/replies.ts';
import * as specs from './specs.ts';

type Check = (arg: unknown) => Arg;

/** What a command takes on the wire, in that order. */
interface Signature {
  readonly spec: Spec;
  readonly required: readonly Check[];
  readonly optional: readonly Check[];
}

const aKey: Check = (arg) => keyArg(arg as Data);
const aPrefix: Check = (arg) => prefixArg(arg as Data);
const aValue: Check = (arg) => valueArg(arg as Data);
const aTtl: Check = (arg) => ttlArg(rawInteger(arg, 'ttl'));
const aLockTime: Check = (arg) => lockTimeArg(rawInteger(arg, 'seconds'));
const aLimit: Check = (arg) => limitArg(rawInteger(arg, 'limit'));
const aField: Check = (arg) => metaFieldArg(rawText(arg) as string);

function takes(spec: Spec, required: readonly Check[], optional: readonly Check[] = []): Signature {
  return { spec, required, optional };
}

const signatures: ReadonlyMap<string, Signature> = new Map(
  [
    takes(specs.SET, [aTtl, aKey, aValue]),
    takes(specs.TTL, [aKey, aTtl]),
    takes(specs.GET, [aKey]),
    takes(specs.DEL, [aKey]),
    takes(specs.INC, [aKey]),
    takes(specs.DEC, [aKey]),
    takes(specs.LOCK, [aKey, aLockTime]),
    takes(specs.UNLOCK, [aKey]),
    takes(specs.MSET, [aPrefix, aValue]),
    takes(specs.MTTL, [aPrefix, aTtl]),
    takes(specs.MGET, [aPrefix], [aLimit]),
    takes(specs.MDEL, [aPrefix]),
    takes(specs.MINC, [aPrefix]),
    takes(specs.MDEC, [aPrefix]),
    takes(specs.MLOCK, [aPrefix, aLockTime]),
    takes(specs.MUNLOCK, [aPrefix]),
    takes(specs.COUNT, [aPrefix]),
    takes(specs.KEYS, [aPrefix]),
    takes(specs.META, [aKey, aField]),
    takes(specs.STATS, []),
    takes(specs.PING, []),
    takes(specs.END, []),
  ].map((signature) => [signature.spec.name, signature]),
);

/**
 * A command by its name in any case, with the arguments in wire order (`SET ttl key value`), under the same checks as
 * the typed functions. It resolves to the wire's value: text or bytes, a number, rows as pairs, `'OK'`, and `null`
 * for not found.
 *
 * @throws ArgumentError for an unknown name, a missing or surplus argument, or one that the server would misread
 */
export function rawCommand(name: string, args: readonly unknown[]): AnyCommand {
  const signature = signatures.get(upperCase(String(name)));
  if (signature === undefined) throw unknownCommand(upperCase(String(name)));
  const { spec, required, optional } = signature;
  if (args.length < required.length || args.length > required.length + optional.length) {
    throw new ArgumentError(`${spec.name}: expected ${countOf(signature)}, got ${args.length}`, { command: spec.name });
  }
  const checks = [...required, ...optional];
  const checked = args.map((arg, index) => checkedBy(checks[index] as Check, arg, spec.name));
  return new Command(spec, checked, wireValue);
}

/** Names the command only if it looks like one: what was passed may contain arguments. */
export function unknownCommand(name: string): ArgumentError {
  return new ArgumentError(/^[A-Z][A-Z0-9_]{0,31}$/.test(name) ? `Unknown command: ${name}` : 'Unknown command');
}

/** ASCII only, as the server folds it. */
function upperCase(name: string): string {
  return name.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** The argument in wire form; an error says which command it was for. */
function checkedBy(check: Check, arg: unknown, command: string): Arg {
  try {
    return check(arg);
  } catch (error) {
    if (error instanceof ArgumentError) error.command = command;
    throw error;
  }
}

function countOf({ required, optional }: Signature): string {
  const most = required.length + optional.length;
  return `${optional.length > 0 ? `${required.length} to ` : ''}${most} ${most === 1 ? 'argument' : 'arguments'}`;
}
