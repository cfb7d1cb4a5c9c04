/** Commands over many keys, which a cluster client sends as one command per slot. */
import type { AnyCommand, Arg } from '@kv/core';
import { list } from '../commands/support/replies.ts';
import { malformed } from './malformed.ts';
import { keySlot } from './slot.ts';

/** What goes to one slot. */
export interface SplitPart {
  readonly slot: number;
  readonly args: readonly Arg[];
  /** Which keys of the call these are, counted from 0. */
  readonly positions: readonly number[];
}

interface SplitRule {
  /** Arguments per key: the key, and its value in MSET. */
  readonly width: 1 | 2;
  readonly merge: 'values' | 'sum' | 'ok';
}

/**
 * MSETNX is not here: it sets all keys or none, and parts of it could not. The others do to each key the same with or
 * without the other keys.
 */
const RULES: ReadonlyMap<string, SplitRule> = new Map([
  ['MGET', { width: 1, merge: 'values' }],
  ['MSET', { width: 2, merge: 'ok' }],
  ['DEL', { width: 1, merge: 'sum' }],
  ['UNLINK', { width: 1, merge: 'sum' }],
  ['EXISTS', { width: 1, merge: 'sum' }],
  ['TOUCH', { width: 1, merge: 'sum' }],
]);

/** Whether a command of this name (in upper case) can be sent slot by slot. */
export function isSplit(name: string): boolean {
  return RULES.has(name);
}

/**
 * The parts of a command, in the order in which their slots first occur; keys keep their order, also the same key
 * twice. Undefined when it is to be sent as it is: other commands, keys of one slot, or arguments that the server
 * refuses anyway.
 */
export function splitBySlot(
  { spec, args }: Pick<AnyCommand, 'spec' | 'args'>,
  slotOf: (key: Arg) => number = keySlot,
): SplitPart[] | undefined {
  const rule = RULES.get(spec.name);
  if (rule === undefined || args.length === 0 || args.length % rule.width !== 0) return undefined;
  const parts = partsOf(args, rule.width, slotOf);
  return parts.length === 1 ? undefined : parts;
}

function partsOf(args: readonly Arg[], width: number, slotOf: (key: Arg) => number): SplitPart[] {
  const parts = new Map<number, { slot: number; args: Arg[]; positions: number[] }>();
  for (let i = 0; i < args.length; i += width) {
    const slot = slotOf(args[i] as Arg);
    const part = parts.get(slot) ?? { slot, args: [], positions: [] };
    if (part.args.length === 0) parts.set(slot, part);
    part.positions.push(i / width);
    for (let n = i; n < i + width; n++) part.args.push(args[n] as Arg);
  }
  return [...parts.values()];
}

/**
 * The reply that one server would have given, from the wire values of all parts.
 *
 * @throws ProtocolError when a reply has another shape
 */
export function mergeParts(name: string, parts: readonly SplitPart[], replies: readonly unknown[]): unknown {
  const { merge } = RULES.get(name) as SplitRule;
  if (merge === 'ok') return replies[0];
  return merge === 'sum' ? sumOf(name, replies) : valuesOf(name, parts, replies);
}

/** Adds counts. @throws ProtocolError when one is none */
export function sumOf(name: string, replies: readonly unknown[]): number {
  let sum = 0;
  for (const reply of replies) {
    if (typeof reply !== 'number') throw malformed(name, 'expected a number');
    sum += reply;
  }
  return sum;
}

function valuesOf(name: string, parts: readonly SplitPart[], replies: readonly unknown[]): unknown[] {
  const values: unknown[] = [];
  for (const [i, { positions }] of parts.entries()) {
    const part = listOf(name, replies[i]);
    if (part.length !== positions.length) throw malformed(name, 'expected one value per key');
    for (const [n, position] of positions.entries()) values[position] = part[n];
  }
  return values;
}

/** The elements of a list or set. @throws ProtocolError when it is neither */
export function listOf(name: string, reply: unknown): readonly unknown[] {
  if (Array.isArray(reply) || reply instanceof Set) return list(reply);
  throw malformed(name, 'expected a list');
}
