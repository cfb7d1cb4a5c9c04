/** Suggestions for names that were mistyped. */

/** More wrong letters than this are another word. */
const MOST_EDITS = 2;

/**
 * `; did you mean timeout?` when one of the known names is close to what was given, else an empty text.
 *
 * @example didYouMean('timeuot', ['timeout', 'tls']) // '; did you mean timeout?'
 */
export function didYouMean(given: string, known: Iterable<string>): string {
  let best: string | undefined;
  let fewest = Math.min(MOST_EDITS, Math.floor(given.length / 2)) + 1;
  for (const name of known) {
    const needed = edits(given.toLowerCase(), name.toLowerCase());
    if (needed >= fewest) continue;
    fewest = needed;
    best = name;
  }
  return best === undefined ? '' : `; did you mean ${best}?`;
}

/** How many letters must be changed, added, left out or swapped with their neighbor to come from one word to the other. */
function edits(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > MOST_EDITS) return MOST_EDITS + 1;
  let older: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      current.push(cell(from, to, row, column, above, current, older));
    }
    [older, above] = [above, current];
  }
  return above[to.length] as number;
}

function cell(
  from: string,
  to: string,
  row: number,
  column: number,
  above: readonly number[],
  current: readonly number[],
  older: readonly number[],
): number {
  const same = from[row - 1] === to[column - 1] ? 0 : 1;
  const at = (line: readonly number[], index: number): number => line[index] ?? Number.POSITIVE_INFINITY;
  const fewest = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + same);
  const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
  return swapped ? Math.min(fewest, at(older, column - 2) + 1) : fewest;
}
