import { describe, expect, it } from 'vitest';
import { type ConnectionState, transition } from './connection-state.ts';

const states: readonly ConnectionState[] = ['connecting', 'handshaking', 'ready', 'draining', 'closed'];
const legal = new Set([
  'connecting → handshaking',
  'connecting → closed',
  'handshaking → ready',
  'handshaking → closed',
  'ready → draining',
  'ready → closed',
  'draining → closed',
]);
const pairs = states.flatMap((from) => states.map((to) => ({ from, to, name: `${from} → ${to}` })));

describe('a connection changes its state', () => {
  it.each(pairs.filter(({ name }) => legal.has(name)))('$name', ({ from, to }) => {
    expect(transition(from, to)).toBe(to);
  });
});

describe('a connection never changes its state', () => {
  it.each(pairs.filter(({ name }) => !legal.has(name)))('$name', ({ from, to }) => {
    expect(() => transition(from, to)).toThrow(`connection: illegal transition from ${from} to ${to}`);
  });
});
