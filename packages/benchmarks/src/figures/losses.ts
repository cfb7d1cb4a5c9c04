import { format, type Titled } from '../report/markdown.ts';

/** A number of one client in one row; `undefined` where there is none. */
export type Figure = (row: string, client: string) => number | undefined;

/** What is within this share of the best is as good: medians of one run differ as much. */
const LEVEL = 1.05;

/** One line per row in which another client is better than ours, with all that are, the best first. */
export function losses(
  rows: readonly Titled[],
  clients: readonly Titled[],
  figure: Figure,
  best: 'most' | 'least',
): string {
  const lines = rows.flatMap(({ name, title }) => {
    const others = clients.slice(1).flatMap((client) => {
      const advantage = ratio(figure(name, client.name), figure(name, 'kv'), best);
      return advantage > LEVEL ? [{ title: client.title, advantage }] : [];
    });
    const sorted = others.toSorted((a, b) => b.advantage - a.advantage);
    const told = sorted.map((other) => `${other.title} ${format(other.advantage)}×`);
    return told.length === 0 ? [] : [`- ${title}: ${told.join('; ')}`];
  });
  return lines.length === 0 ? 'No other client is ahead in any row.' : lines.join('\n');
}

/** How many times as good as ours; 0 when one of them is not known. */
function ratio(other: number | undefined, ours: number | undefined, best: 'most' | 'least'): number {
  if (other === undefined || ours === undefined || other === 0 || ours === 0) return 0;
  return best === 'most' ? other / ours : ours / other;
}
