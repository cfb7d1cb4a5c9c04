/** One thing that is to be reached, and what was. */
export interface Target {
  readonly title: string;
  readonly wanted: string;
  /** A ratio of two numbers of the same comparison. */
  readonly reached: number;
  readonly met: boolean;
}

/** `a / b` shall be at least `wanted`; nothing when one of them was not measured. */
export function atLeast(title: string, wanted: number, a: number | undefined, b: number | undefined): Target[] {
  const reached = ratio(a, b);
  return reached === undefined ? [] : [{ title, wanted: `≥ ${wanted}×`, reached, met: reached >= wanted }];
}

/** `a / b` shall be at most `wanted`. */
export function atMost(title: string, wanted: number, a: number | undefined, b: number | undefined): Target[] {
  const reached = ratio(a, b);
  return reached === undefined ? [] : [{ title, wanted: `≤ ${wanted}×`, reached, met: reached <= wanted }];
}

/** The largest of the numbers that are known. */
export function best(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}
