import { ArgumentError } from '../errors.ts';
import { type OptionRules, Rule } from '../options/option-rules.ts';

/** The most connections of a pool, unless it is told otherwise. */
export const DEFAULT_MAX_SIZE = 10;

/** How many connections a pool keeps, and how many it may have. */
export interface PoolBounds {
  /** @default 1 */
  readonly minSize?: number | undefined;
  /** @default 10 */
  readonly maxSize?: number | undefined;
}

/** The rules of {@link PoolBounds}. */
export const BOUND_RULES: OptionRules = { minSize: Rule.index, maxSize: Rule.count };

/** Bounds that {@link BOUND_RULES} have read must fit each other. @throws ArgumentError */
export function checkBounds({ minSize = 1, maxSize = DEFAULT_MAX_SIZE }: PoolBounds): void {
  if (minSize > maxSize) throw new ArgumentError('minSize: expected at most maxSize');
}
