/** Neighboring arguments in pairs; a last one alone is left out. */
export function pairsOf(items: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < items.length; at += 2) pairs.push([items[at] as string, items[at + 1] as string]);
  return pairs;
}
