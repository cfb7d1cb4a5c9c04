/** The ends of a list. */
import { keyword } from './arguments.ts';

/** An end of a list: `left` is its head (index 0), `right` its tail. */
export type Side = 'left' | 'right' | 'LEFT' | 'RIGHT';

const SIDES = ['left', 'right', 'LEFT', 'RIGHT'] as const;

/** Checks an end of a list. @throws ArgumentError */
export function sideArg(value: Side, name: string): string {
  return keyword(value, SIDES, name);
}
