import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { brokenLinks, documentedPages } from '../src/check-links.ts';
import { repository } from '../src/published-entries.ts';

it('the links of all READMEs and of docs/ lead somewhere', () => {
  const pages = documentedPages(repository);
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'packages/core/README.md', 'docs/guide/failure.md']));
  expect(brokenLinks(repository, pages)).toEqual([]);
});

it('a link to a missing page or heading is found; code and other sites are not looked at', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kv-links-'));
  try {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/b.md'), '# B\n## What is `it`?\n[up](../A.md) [self](#b)\n');
    writeFileSync(
      join(folder, 'A.md'),
      '# A\n[b](docs/b.md#what-is-it) [c](docs/c.md) [d](docs/b.md#d) [web](https://example.org/x)\n```ts\n[x](y)\n```\n',
    );
    expect(brokenLinks(folder, ['A.md', 'docs/b.md'])).toEqual(['A.md -> docs/c.md', 'A.md -> docs/b.md#d']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
