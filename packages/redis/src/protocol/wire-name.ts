import { knownNames } from './command-table.ts';

/** What the server calls the command of a method: `clientNoEvict` is `CLIENT NO-EVICT`. */
export function wireName(method: string): string {
  const letters = method.toUpperCase();
  for (const name of knownNames()) if (name.replaceAll(/[ _-]/g, '') === letters) return name;
  return letters;
}
