// npm run bench:docs: writes the figures of the pages from results/. A test compares, so that none is copied by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { repository } from '../run/versions.ts';
import { filled } from './blocks.ts';
import { render } from './render.ts';

/** Pages with figures. */
export const pages: readonly string[] = ['README.md', 'docs/benchmarks.md'];

/** A page with the figures of the results that are there. */
export function withFigures(page: string): string {
  return filled(readFileSync(repository + page, 'utf8'), render);
}

if (import.meta.filename === process.argv[1]) {
  for (const page of pages) writeFileSync(repository + page, withFigures(page));
}
