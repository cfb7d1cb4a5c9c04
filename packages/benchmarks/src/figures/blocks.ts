/** What stands between the marks of one block: a function of the words in its mark. */
export type Render = (words: readonly string[]) => string;

/**
 * A page whose marked blocks are written by `render`; everything else stays as it is.
 *
 *     <!-- figures redis rate -->
 *     …what is here is replaced…
 *     <!-- end of figures -->
 */
export function filled(page: string, render: Render): string {
  return page.replaceAll(
    /(<!-- figures ([\w ,-]+?) -->\n)[\s\S]*?(<!-- end of figures -->)/g,
    (_, begin: string, words: string, end: string) => `${begin}\n${render(words.split(' '))}\n\n${end}`,
  );
}
