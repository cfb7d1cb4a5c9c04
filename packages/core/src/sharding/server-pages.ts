import type { Arg } from '../command/command.ts';
import { PartialError } from '../command/partial-error.ts';
import { isKvError } from '../errors.ts';
import { mergePages, type SortedLists } from './merge-sorted.ts';

/** The pages of one server. */
export interface NamedPages<T extends Arg> {
  readonly server: string;
  readonly pages: AsyncIterable<readonly T[]>;
}

/**
 * Sorted pages of several servers as one, one page per server ahead. When a server fails, that ends the loop with a
 * PartialError that names the server; what the caller ended stays the error that it is.
 */
export function pagesOfServers<T extends Arg>(
  command: string,
  servers: readonly NamedPages<T>[],
  lists?: SortedLists,
): AsyncGenerator<T[], void, undefined> {
  return mergePages(
    servers.map((server) => named(command, server)),
    lists,
  );
}

async function* named<T extends Arg>(
  command: string,
  { server, pages }: NamedPages<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  try {
    yield* pages;
  } catch (error) {
    if (isKvError(error) && (error.code === 'ABORTED' || error.code === 'CLOSED')) throw error;
    throw new PartialError(command, [{ keys: [], server, error: error as Error }]);
  }
}
