import { Flag, keyPositions } from '@kv/core';
import { describe, expect, test } from 'vitest';
import { asking, clusterMeet, readonly } from './cluster.ts';
import { clusterSlots } from './cluster-nodes.ts';
import {
  clusterAddslots,
  clusterAddslotsrange,
  clusterCountkeysinslot,
  clusterSetslot,
  clusterSlotStats,
} from './cluster-slots.ts';
import { publish, pubsubNumsub, spublish } from './pubsub.ts';

describe('arguments for clusters', () => {
  test('slots are numbers from 0 to 16383', () => {
    expect(clusterAddslots(1, [2, 3]).args).toEqual(['1', '2', '3']);
    expect(clusterAddslotsrange([0, 1], [5, 16_383]).args).toEqual(['0', '1', '5', '16383']);
    expect(() => clusterAddslots(16_384)).toThrow(/^slots: expected 0 to 16383, got 16384/);
    expect(() => clusterCountkeysinslot(-1)).toThrow(/^slot: expected 0 to 16383/);
    expect(() => clusterAddslots()).toThrow(/^slots: expected at least one/);
    expect(() => clusterAddslotsrange()).toThrow(/^ranges: expected at least one/);
  });

  test('a slot gets exactly one state', () => {
    expect(clusterSetslot(5, { importing: 'id', timeout: 100 }).args).toEqual([
      '5',
      'IMPORTING',
      'id',
      'TIMEOUT',
      '100',
    ]);
    expect(clusterSetslot(5, { stable: true }).args).toEqual(['5', 'STABLE']);
    expect(() => clusterSetslot(5, {} as never)).toThrow(/^options: expected one of importing/);
    expect(() => clusterSetslot(5, { node: 'a', stable: true } as never)).toThrow(
      /^options\.stable: cannot be combined/,
    );
  });

  test('statistics of a range or of the first in an order', () => {
    expect(clusterSlotStats({ slotsrange: [0, 5] }).args).toEqual(['SLOTSRANGE', '0', '5']);
    expect(clusterSlotStats({ orderby: 'key-count', limit: 5, asc: true }).args).toEqual([
      'ORDERBY',
      'key-count',
      'LIMIT',
      '5',
      'ASC',
    ]);
    expect(() => clusterSlotStats({ slotsrange: [0, 5], limit: 1 } as never)).toThrow(
      /^options\.limit: cannot be comb/,
    );
  });

  test('ports are ports', () => {
    expect(clusterMeet('10.0.0.1', 6379, 16_379).args).toEqual(['10.0.0.1', '6379', '16379']);
    expect(() => clusterMeet('10.0.0.1', 70_000)).toThrow(/^port: expected 0 to 65535/);
  });

  test('what changes a connection is marked, to keep it off shared ones', () => {
    expect(asking().flags & Flag.stateful).toBe(Flag.stateful);
    expect(readonly().flags & Flag.stateful).toBe(Flag.stateful);
  });
});

test('nodes of old servers have no further names, and one without address is reached by this connection', () => {
  const command = clusterSlots();
  expect(command.reply([[0, 5, [null, 7000, 'id']]], command)).toEqual([
    { start: 0, end: 5, nodes: [{ ip: null, port: 7000, id: 'id', meta: {} }] },
  ]);
});

describe('publishing', () => {
  test('only sharded channels belong to a slot', () => {
    expect(keyPositions(spublish('c', 'm').spec.keys, ['c', 'm'])).toEqual([0]);
    expect(keyPositions(publish('c', 'm').spec.keys, ['c', 'm'])).toEqual([]);
  });

  test('numbers by channel are safe for any name', () => {
    const command = pubsubNumsub('__proto__', 'a');
    const numbers = command.reply(['__proto__', 1, 'a', 2], command);
    expect(Object.entries(numbers)).toEqual([
      ['__proto__', 1],
      ['a', 2],
    ]);
  });
});
