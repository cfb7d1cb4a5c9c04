/** The option `keyPrefix`: put before all keys, and before the patterns that SORT makes keys of. */
import { keyPositions } from '@kv/core';
import type { Command as KvCommand } from '@kv/redis';

type Wire = string | Uint8Array;

/** The arguments of a command with the prefix before each of its keys. */
export function withPrefix({ spec, args }: Pick<KvCommand<unknown>, 'spec' | 'args'>, prefix: Wire): Wire[] {
  const full = [...args];
  const more = spec.name === 'SORT' || spec.name === 'SORT_RO' ? patternsOfSort(args) : [];
  for (const at of [...keyPositions(spec.keys, args), ...more]) full[at] = joined(prefix, full[at] ?? '');
  return full;
}

function joined(prefix: Wire, key: Wire): Wire {
  if (typeof prefix === 'string' && typeof key === 'string') return prefix + key;
  return Buffer.concat([Buffer.from(prefix as string), Buffer.from(key as string)]);
}

/** Where `BY pattern` and `GET pattern` have their patterns. `#` is the element itself. */
function patternsOfSort(args: readonly Wire[]): number[] {
  const positions: number[] = [];
  for (let at = 1; at < args.length - 1; at++) {
    const option = String(args[at]).toUpperCase();
    if ((option === 'BY' || option === 'GET') && args[++at] !== '#') positions.push(at);
    else if (option === 'LIMIT') at += 2;
    else if (option === 'STORE') at++;
  }
  return positions;
}
