import { expect, it } from 'vitest';
import { defaultsInProse, defaultsInProseOf } from '../src/option-defaults.ts';
import { visibleFiles } from '../src/vocabulary.ts';

const published = ['core', 'redis', 'ssdb', 'gibson', 'embedded', 'resp-parser', 'ssdb-parser', 'gibson-parser'];

it('the comments of options name their default with @default', () => {
  const sources = visibleFiles(published).filter((file) => file.endsWith('.ts'));
  expect(sources.length).toBeGreaterThan(100);
  expect(defaultsInProseOf(sources)).toEqual([]);
});

it('a default in the prose of an option is found, one behind its tag is not', () => {
  expect(defaultsInProse('a.ts', '/** How many. Default 5. */\nreadonly count?: number;')).toEqual(['a.ts:2 count']);
  expect(defaultsInProse('a.ts', '/** How many (default 5). */\nreadonly count?: number;')).toHaveLength(1);
  expect(defaultsInProse('a.ts', '/**\n * How many.\n *\n * @default 5\n */\nreadonly count?: number;')).toEqual([]);
  expect(defaultsInProse('a.ts', '/** @param by default 1 */\nexport function incr(): void {}')).toEqual([]);
});
