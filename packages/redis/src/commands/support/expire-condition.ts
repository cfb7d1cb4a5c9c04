/** The conditions that all commands of the EXPIRE family share. */
import type { Arg } from '@kv/core';
import { type AtMostOne, addSwitch, checkOptions, chosen } from './arguments.ts';

/** When a new time to live is taken; at most one. For keys since 7.0. */
export type ExpireCondition = AtMostOne<{
  /** Only if there is none. */
  nx: boolean;
  /** Only if there is one. */
  xx: boolean;
  /** Only if the new end is later; no time to live counts as endless. */
  gt: boolean;
  /** Only if the new end is earlier. */
  lt: boolean;
}>;

const CONDITIONS = ['nx', 'xx', 'gt', 'lt'] as const;
const KNOWN: ReadonlySet<string> = new Set(CONDITIONS);

/** Appends the condition. Returns whether there is one. @throws ArgumentError when there are two */
export function addCondition(args: Arg[], options: ExpireCondition): boolean {
  checkOptions(options, KNOWN);
  const condition = chosen(options, CONDITIONS);
  return condition !== undefined && addSwitch(args, condition.toUpperCase(), options[condition], condition);
}
