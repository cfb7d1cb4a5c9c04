/** Cursors as async iterators. */

/** One answer of the SCAN family. */
interface Page {
  readonly cursor: string;
}

/**
 * Everything that a SCAN command gives, page by page until the cursor is `0` again. An element may come more than once,
 * and elements that are added or removed meanwhile may or may not come: that is the server's promise.
 */
export async function* scanAll<P extends Page, T>(
  next: (cursor: string) => Promise<P>,
  items: (page: P) => Iterable<T>,
): AsyncGenerator<T, void, undefined> {
  let cursor = '0';
  do {
    const page = await next(cursor);
    cursor = page.cursor;
    yield* items(page);
  } while (cursor !== '0');
}
