/** `FIELDS`, the way newer commands of hashes count their fields. */
import type { Arg } from '@kv/core';
import { addEntryArgs, addMany, type Many } from './arguments.ts';

/** Appends `FIELDS numfields field field …`. @throws ArgumentError when there is no field */
export function addFields(args: Arg[], fields: Many): Arg[] {
  const at = args.push('FIELDS', '') - 1;
  addMany(args, [fields], 'fields');
  args[at] = String(args.length - at - 1);
  return args;
}

/** Appends `FIELDS numfields field value …`. @throws ArgumentError when there is no pair */
export function addFieldEntries(args: Arg[], entries: unknown): Arg[] {
  const at = args.push('FIELDS', '') - 1;
  addEntryArgs(args, [entries], 'entries');
  args[at] = String((args.length - at - 1) / 2);
  return args;
}
