import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCircles } from '../src/import-circles.ts';

const packages = fileURLToPath(new URL('../..', import.meta.url));

it.each(readdirSync(packages))('no files of %s import each other, not even for a type', (name) => {
  expect(importCircles(join(packages, name))).toEqual([]);
});

describe('a planted circle is found', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kv-circles-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const circles = (files: Readonly<Record<string, string>>): string[] => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return importCircles(root);
  };

  it.each([
    ['static', "import { b } from '../b.ts';"],
    ['exported', "export * from '../b.ts';"],
    ['for its effects', "import '../b.ts';"],
    ['for a type', "import type { B } from '../b.ts';"],
    ['for a type in place', "type B = import('../b.ts').B;"],
    ['dynamic', "const b = await import('../b.ts');"],
  ])('when an import of it is %s', (_, text) => {
    const found = circles({
      'src/a/a.ts': text,
      'src/b.ts': "import { c } from './c.ts';",
      'src/c.ts': "import { a } from './a/a.ts';",
    });
    expect(found).toEqual(['src/a/a.ts → src/b.ts → src/c.ts → src/a/a.ts']);
  });

  it('two circles are told one by one, and a file that imports itself is one', () => {
    const found = circles({
      'src/a.ts': "import './b.ts'; import './c.ts';",
      'src/b.ts': "import './a.ts';",
      'src/c.ts': "import './d.ts';",
      'src/d.ts': "import './d.ts';",
    });
    expect(found).toEqual(['src/d.ts → src/d.ts', 'src/a.ts → src/b.ts → src/a.ts']);
  });

  it('files that import the same third file are no circle, nor are packages that import each other', () => {
    const found = circles({
      'src/a.ts': "import './b.ts'; import './c.ts'; import '@kv/other';",
      'src/b.ts': "import './c.ts';",
      'src/c.ts': "// import './a.ts'",
    });
    expect(found).toEqual([]);
  });
});
