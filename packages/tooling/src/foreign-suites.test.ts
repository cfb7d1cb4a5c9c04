import { expect, test } from 'vitest';
import { checkArguments, type ForeignSuite, suites, withImports } from './foreign-suites.ts';

test('imports of another project are turned to what is there, and nothing else', () => {
  const text = `import { a } from "../../src/index.ts";\nimport b from './';\nimport c from 'vitest';\n// from "text"\n`;
  expect(withImports(text, { '../../src': 'unstorage', './': './store.ts' })).toBe(
    `import { a } from "unstorage";\nimport b from './store.ts';\nimport c from 'vitest';\n// from "text"\n`,
  );
});

test.each([
  [
    'connect-redis',
    { from: '/clone', files: [] },
    '--from: the tests of connect-redis come in a package that is installed',
  ],
  ['keyv', { from: '/clone', files: [] }, '--from: the tests of keyv come'],
  ['connect-redis', { files: ['a.test.ts'] }, 'a.test.ts: connect-redis is one file of tests, which runs as a whole'],
  ['unstorage', { from: '/clone', files: ['a'] }, 'a: unstorage is one file'],
])('%s refuses arguments that it has no use for: %j', (name, given, message) => {
  expect(() => checkArguments(name, suites[name] as ForeignSuite, given)).toThrow(message);
});

test.each([
  ['connect-redis', { files: [] }],
  ['unstorage', { from: '/clone', files: [] }],
  ['bullmq', { from: '/clone', files: ['a', 'b'] }],
  ['cache-manager', { files: ['a'] }],
])('%s takes the arguments that it can use: %j', (name, given) => {
  expect(() => checkArguments(name, suites[name] as ForeignSuite, given)).not.toThrow();
});
