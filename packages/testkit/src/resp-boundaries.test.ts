import { expect, test } from 'vitest';
import { PushInjector } from './push-injector.ts';
import { RespBoundaries } from './resp-boundaries.ts';

const HELLO = '%1\r\n$5\r\nproto\r\n:3\r\n';

/** The text with a bar at each place where a push may stand. */
function marked(text: string, pieces: number): string {
  const boundaries = new RespBoundaries();
  let out = '';
  for (let at = 0; at < text.length; at += pieces) {
    const piece = text.slice(at, at + pieces);
    let from = 0;
    for (const to of boundaries.in(Buffer.from(piece))) {
      out += `${piece.slice(from, to)}|`;
      from = to;
    }
    out += piece.slice(from);
  }
  return out.replaceAll('\r\n', ' ');
}

test.each([1, 3, 1000])('pushes may stand behind replies and between elements of arrays, in pieces of %i', (pieces) => {
  const replies = [
    '+OK',
    '$-1',
    '$2',
    '\r\n',
    '*2',
    '$1',
    'a',
    '*2',
    ':1',
    ':2',
    '*0',
    '%1',
    '+a',
    '*1',
    '_',
    '>1',
    '+x',
  ];
  expect(marked(`${HELLO}${replies.join('\r\n')}\r\n`, pieces)).toBe(
    '%1 $5 proto :3 |+OK |$-1 |$2   |*2 $1 a |*2 :1 :2 |*0 |%1 +a *1 _ |>1 +x |',
  );
});

test('there is no push before the reply to HELLO 3', () => {
  expect(marked('+OK\r\n:1\r\n', 1000)).toBe('+OK :1 ');
});

test('pushes are put in behind every so many places', () => {
  const with2 = new PushInjector(2);
  const text = Buffer.from(with2.with(Buffer.from(`${HELLO}+A\r\n+B\r\n+C\r\n`))).toString();
  expect(text.match(/\+A\r\n>|\+C\r\n>/g)).toHaveLength(2);
  expect(text).not.toMatch(/\+B\r\n>/);
});
