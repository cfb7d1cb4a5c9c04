import fc from 'fast-check';
import { commandOf, words } from './redis-commands.ts';

/**
 * As in redis-commands.ts, with X for an id, R for the end of a range, G for a group, N for a consumer and
 * J for an idle time.
 */
const lines = `
XADD K X F V|XADD K X F V|XADD K X F V F V|XADD K X F V|XADD K X F V F V F V|XADD K NOMKSTREAM X F V|XADD K MAXLEN C X F V|XADD K MAXLEN = C X F V
XADD K MAXLEN ~ C X F V|XADD K MAXLEN ~ C LIMIT C X F V|XADD K MINID X X F V|XADD K MINID ~ X X F V|XADD K 5-* F V|XADD K 7-* F V
XADD K MAXLEN C LIMIT C X F V|XADD K MAXLEN C MINID X X F V|XADD K LIMIT C X F V|XADD K * F V|XADD K - F V|XADD K 0-0 F V|XADD K 0-* F V
XLEN K|XDEL K X|XDEL K X X|XDEL K 3|XTRIM K MAXLEN C|XTRIM K MAXLEN ~ C|XTRIM K MINID X|XTRIM K MINID ~ X LIMIT C|XTRIM K LIMIT C|XTRIM K MAXLEN ~ 0
XRANGE K R R|XRANGE K - +|XRANGE K - + COUNT C|XREVRANGE K R R|XREVRANGE K + - COUNT C|XRANGE K (X (X|XRANGE K (X +|XREVRANGE K + (X|XRANGE K - + FOO C
XREAD STREAMS K X|XREAD COUNT C STREAMS K K X X|XREAD BLOCK 1 STREAMS K $|XREAD STREAMS K >|XREAD STREAMS K K X|XREAD GROUP G N STREAMS K X|XREAD NOACK STREAMS K X
XREAD BLOCK 2 STREAMS K K 0 0|XREAD COUNT x STREAMS K 0|XREAD BLOCK -1 STREAMS K 0|XREAD BLOCK x STREAMS K 0|XREAD COUNT 1
XGROUP CREATE K G X|XGROUP CREATE K G $|XGROUP CREATE K G 0 MKSTREAM|XGROUP CREATE K G 0 MKSTREAM ENTRIESREAD I|XGROUP CREATE K G $ MKSTREAM|XGROUP SETID K G X
XGROUP SETID K G $|XGROUP SETID K G X ENTRIESREAD C|XGROUP DESTROY K G|XGROUP CREATECONSUMER K G N|XGROUP DELCONSUMER K G N|XGROUP NOSUCH K G|XGROUP CREATE K G 0 FOO
XREADGROUP GROUP G N STREAMS K >|XREADGROUP GROUP G N STREAMS K >|XREADGROUP GROUP G N COUNT C STREAMS K >|XREADGROUP GROUP G N NOACK STREAMS K >
XREADGROUP GROUP G N STREAMS K X|XREADGROUP GROUP G N COUNT C STREAMS K 0|XREADGROUP GROUP G N STREAMS K K > 0|XREADGROUP GROUP G N BLOCK 1 STREAMS K >
XREADGROUP GROUP G N STREAMS K $|XREADGROUP COUNT 1 BLOCK 1 STREAMS K >|XREADGROUP GROUP G N STREAMS K K >
XACK K G X|XACK K G X X|XACK K G 1-1 2-2 3-0 5-0|XPENDING K G|XPENDING K G|XPENDING K G - + C|XPENDING K G R R C N|XPENDING K G IDLE J - + C|XPENDING K G (X + C|XPENDING K G IDLE 1
XCLAIM K G N 0 X|XCLAIM K G N 0 X X JUSTID|XCLAIM K G N 0 X FORCE|XCLAIM K G N 0 X RETRYCOUNT C|XCLAIM K G N 0 X FORCE JUSTID LASTID X|XCLAIM K G N 0 X FOO|XCLAIM K G N 1000000 X
XCLAIM K G N J X IDLE C TIME x|XAUTOCLAIM K G N 0 R|XAUTOCLAIM K G N 0 0 COUNT C|XAUTOCLAIM K G N 0 0 COUNT 2 JUSTID|XAUTOCLAIM K G N 1000000 -|XAUTOCLAIM K G N 0 (X
XINFO STREAM K|XINFO STREAM K|XINFO STREAM K FULL|XINFO STREAM K FULL COUNT C|XINFO GROUPS K|XINFO CONSUMERS K G|XINFO STREAM K FOO|XINFO NOSUCH K|XINFO STREAM K FULL COUNT
XSETID K X|XSETID K X ENTRIESADDED C MAXDELETEDID X|XSETID K X ENTRIESADDED C|XSETID K X MAXDELETEDID X
DEL K|COPY K K|COPY K K REPLACE|RENAME K K|TYPE K|OBJECT ENCODING K|SET K V|EXISTS K|GET K|SORT K|MULTI|EXEC|EXEC|DISCARD|WATCH K|COMMAND GETKEYS XREAD COUNT 1 STREAMS K K X X
`;

const ids = fc.constantFrom(
  ...['1-1', '1-2', '2-2', '3', '3-1', '5', '5-0', '5-5', '6', '7-7', '8', '9', '9-1', '10', '11-0', '12-5'],
  ...[
    '0',
    '0-0',
    '007',
    '+5',
    '99999999999999-1',
    '18446744073709551615-18446744073709551614',
    'x',
    '',
    '1-1-1',
    '-1',
    '1-x',
  ],
);

const choices = {
  ...words,
  K: fc.constantFrom('a', 'a', 'a', 'b'),
  X: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 15 }).map((ms) => `${ms}-1`) }, ids),
  R: fc.oneof(fc.constantFrom('-', '+'), ids),
  F: fc.constantFrom('f', 'f', 'name', 'g', 'é'),
  V: fc.constantFrom('1', 'x', '', '-5000', '123456789', 'A longer text, to fill the blocks of a stream'),
  G: fc.constantFrom('g', 'g', 'g', 'h'),
  N: fc.constantFrom('c1', 'c2', 'c3'),
  J: fc.constantFrom('0', '-1', '1000000', 'x', '1.5'), // idle times that do not depend on how fast a server is
};

/** Any command on streams that has the same answer on every server. */
export const anyStreamCommand: fc.Arbitrary<string[]> = commandOf(lines, choices);

/** A reply without the times in it. */
export function withoutTimes(text: string): string {
  return text
    .replaceAll(/:1[0-9]{12}\r\n/g, ':time\r\n')
    .replaceAll(/(\$4\r\nidle\r\n|\$2\r\nc[123]\r\n):[0-9]+/g, '$1:idle')
    .replaceAll(/\$15\r\n1[0-9]{12}-[0-9]\r\n/g, '$15\r\nnow\r\n');
}
