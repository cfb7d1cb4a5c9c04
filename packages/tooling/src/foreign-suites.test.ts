import { expect, test } from 'vitest';
import { withImports } from './foreign-suites.ts';

test('imports of another project are turned to what is there, and nothing else', () => {
  const text = `import { a } from "../../src/index.ts";\nimport b from './';\nimport c from 'vitest';\n// from "text"\n`;
  expect(withImports(text, { '../../src': 'unstorage', './': './store.ts' })).toBe(
    `import { a } from "unstorage";\nimport b from './store.ts';\nimport c from 'vitest';\n// from "text"\n`,
  );
});
