import { CommandError, refuse } from '../command-error.ts';

/** Refuses what reaches beyond database 0, or beyond the keys that are named: a cluster has neither. */
export function checkSingleDatabase(name: string, words: readonly string[]): void {
  const has = (option: string, from: number): boolean =>
    words.slice(from).some((word) => word.toUpperCase() === option);
  if (name === 'select' && words[1] !== '0') refuse('SELECT is not allowed in cluster mode');
  if (name === 'move' || name === 'swapdb') refuse(`${name.toUpperCase()} is not allowed in cluster mode`);
  if (name === 'copy' && has('DB', 3)) refuse('Copying to another database is not allowed in cluster mode');
  if (name === 'sort' || name === 'sort_ro') checkSort(words);
}

function checkSort(words: readonly string[]): void {
  for (let at = 2; at < words.length - 1; at++) {
    const option = (words[at] as string).toUpperCase();
    if (option === 'BY' && (words[at + 1] as string).includes('*'))
      throw new CommandError('ERR BY option of SORT denied in Cluster mode.');
    if (option === 'GET') throw new CommandError('ERR GET option of SORT denied in Cluster mode.');
    if (option === 'BY' || option === 'STORE') at += 1;
    else if (option === 'LIMIT') at += 2;
  }
}
