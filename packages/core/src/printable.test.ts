import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('leaves text as it is', () => {
  expect(printable('ERR größe of \u2713 is too large')).toBe('ERR größe of \u2713 is too large');
});

it.each([
  ['a line break', 'ERR a\r\nINFO forged', 'ERR a INFO forged'],
  ['colors', '\x1b[31;1mERR red\x1b[0m', 'ERR red'],
  ['a title', '\x1b]0;owned\x07ERR a', 'ERR a'],
  ['a lone escape', 'ERR \x1b', 'ERR'],
  ['controls of Latin-1', 'ERR \x9b31m', 'ERR  31m'],
  ['a change of direction', 'ERR \u202ereversed', 'ERR  reversed'],
  ['zero bytes', 'ERR a\0\0b', 'ERR a b'],
])('takes %s out', (_, given, expected) => {
  expect(printable(given)).toBe(expected);
});
