import { beforeAll, expect, test } from 'vitest';
import { type Counts, runProgram } from '../src/counts/run-program.ts';

// What calls may cost, in counts: the same source gives the same numbers on every machine, however busy it is. When a test
// here fails, something is made per call that was not made before. If that is wanted, set the budget to about 1.03 times
// the new number and say why in the commit. Less is fine, and then the budget should follow.
const HEAP_BYTES = { 'redis, RESP3': 780, 'redis, RESP2': 780, ssdb: 1350, gibson: 5200 };
/** For 1000 calls of one turn. Gibson has one request in flight per connection: a turn of the event loop for each. */
const WRITES = { 'redis, RESP3': 8, 'redis, RESP2': 8, ssdb: 8, gibson: 1000 };
const TICKS = { 'redis, RESP3': 20, 'redis, RESP2': 20, ssdb: 20, gibson: 4020 };
/**
 * Of a client that is connected and does nothing, without the socket. Measured with Node 20: other versions of V8 have other
 * shapes for the same objects, so there only a client that has become far larger fails.
 */
const IDLE_HEAP_BYTES = process.versions.node.startsWith('20.') ? 6950 : 10_000;
/** From what the transport calls to what settles the call. */
const REPLY_DEPTH = 13;

let counts: Counts;
beforeAll(async () => {
  counts = await runProgram();
}, 120_000);

test.each(Object.keys(HEAP_BYTES) as (keyof typeof HEAP_BYTES)[])(
  'a call costs no more than its budget: %s',
  (name) => {
    const { heapBytes, promises, writes, timers, ticks, listeners } = counts.calls[name] as Counts['calls'][string];
    expect(heapBytes).toBeGreaterThan(200);
    expect(heapBytes).toBeLessThanOrEqual(HEAP_BYTES[name]);
    expect(promises).toBeLessThan(1.01);
    expect(writes).toBeLessThanOrEqual(WRITES[name]);
    expect(ticks).toBeLessThanOrEqual(TICKS[name]);
    expect(timers).toBeLessThan(10); // of the clock, which all calls share
    expect(listeners).toBe(0);
  },
);

test('an idle client takes little memory', () => {
  expect(counts.idleHeapBytes).toBeGreaterThan(1000);
  expect(counts.idleHeapBytes).toBeLessThanOrEqual(IDLE_HEAP_BYTES);
});

test('a socket gets a thousand commands in a few writes, and bytes together with the text around them', () => {
  expect(counts.socketWrites.gets).toBeLessThanOrEqual(8);
  expect(counts.socketWrites.setsOfBytes).toBeLessThanOrEqual(6);
});

test('a reply reaches its call through few functions', () => {
  expect(counts.replyStack[0]).toBe('settle');
  expect(counts.replyStack.length).toBeLessThanOrEqual(REPLY_DEPTH);
});

test('bytes of a large value are copied once when they come and never when they go', () => {
  const { getBytes, setBytes } = counts.largeValues;
  expect(getBytes).toEqual({ copied: expect.closeTo(1, 2), decoded: 0, encoded: 0 });
  expect(setBytes).toEqual({ copied: 0, decoded: 0, encoded: 0 });
});

test('a large text is copied at most once and decoded once when it comes, and encoded once when it goes', () => {
  const { getText, setText } = counts.largeValues;
  expect(getText.copied).toBeLessThan(1.01);
  expect(getText.decoded).toBeLessThan(1.01);
  expect(getText.decoded).toBeGreaterThan(0.99);
  expect(setText.encoded).toBeLessThan(1.01);
  expect(setText.copied).toBe(0);
});
