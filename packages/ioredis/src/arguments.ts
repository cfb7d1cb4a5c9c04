/** Arguments as ioredis takes them: numbers, nested lists, nothing, objects and maps. */
import { isBytes } from '@kv/core';

/** Changes the arguments of one command before they are sent. */
export type ArgumentTransformer = (args: unknown[]) => unknown[];

/** Called with the outcome, as Node's own functions do. */
export type Callback<T = unknown> = (error: Error | null | undefined, result?: T) => void;

/** Text or bytes for the wire. Nothing is an empty text, everything else is what `String` makes of it. */
export function toWire(value: unknown): string | Uint8Array {
  if (typeof value === 'string' || isBytes(value)) return value;
  if (typeof value === 'number' && hasExponent(value)) return String(BigInt(value));
  return value === null || value === undefined ? '' : String(value as number | boolean);
}

/** Whether a number would be written as `1e+21`, which is no number for a server. */
function hasExponent(value: number): boolean {
  return Math.abs(value) >= 1e21 && Number.isFinite(value);
}

/** Takes the callback off the end of the arguments of a call, if there is one. */
export function splitCallback(args: readonly unknown[]): { readonly args: unknown[]; readonly callback?: Callback } {
  const last = args.at(-1);
  return typeof last === 'function' ? { args: args.slice(0, -1), callback: last as Callback } : { args: [...args] };
}

/** `fields` as a flat list: of a map, or of an object's own properties. Undefined: it is neither. */
function pairsOf(fields: unknown): unknown[] | undefined {
  if (fields instanceof Map) return [...fields].flat();
  if (typeof fields !== 'object' || fields === null || isBytes(fields) || Array.isArray(fields)) return undefined;
  return Object.entries(fields).flat();
}

function fieldsAfterKey(args: unknown[]): unknown[] {
  const pairs = args.length === 2 ? pairsOf(args[1]) : undefined;
  return pairs === undefined ? args : [args[0], ...pairs];
}

function fieldsAlone(args: unknown[]): unknown[] {
  return (args.length === 1 ? pairsOf(args[0]) : undefined) ?? args;
}

/** By name in lower case; users may add to them. */
export const argumentTransformers: Map<string, ArgumentTransformer> = new Map([
  ['hset', fieldsAfterKey],
  ['hmset', fieldsAfterKey],
  ['mset', fieldsAlone],
  ['msetnx', fieldsAlone],
]);

/** The arguments of one command, ready for the wire. */
export function wireArguments(name: string, given: readonly unknown[]): (string | Uint8Array)[] {
  const flat = given.flat();
  return (argumentTransformers.get(name)?.(flat) ?? flat).map(toWire);
}
