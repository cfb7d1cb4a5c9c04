/** A positive count picks distinct items, at most all; a negative one picks so many with repetition. */
export function pickRandom<T>(items: readonly T[], count: number): T[] {
  if (items.length === 0 || count === 0) return [];
  if (count < 0) return Array.from({ length: -count }, () => items[indexBelow(items.length)] as T);
  if (count >= items.length) return [...items];
  const pool = [...items];
  for (let at = 0; at < count; at += 1) {
    const other = at + indexBelow(pool.length - at);
    [pool[at], pool[other]] = [pool[other] as T, pool[at] as T];
  }
  return pool.slice(0, count);
}

function indexBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}
