import { ProtocolError } from '@kv/core';
import { describe, expect, it, test } from 'vitest';
import { clusterVectors, recordedCluster } from '../../test/recorded-cluster.ts';
import {
  type ClusterNode,
  changedNodes,
  changedSlots,
  parseClusterSlots,
  type SlotMap,
  slotTable,
} from './slot-map.ts';

const asked = { host: 'asked.example' };

const summary = ({ ranges }: SlotMap): unknown =>
  ranges.map(({ start, end, primary, replicas }) => [start, end, ...[primary, ...replicas].map(where)]);
const where = ({ host, port, hostname }: ClusterNode): string => [`${host}:${port}`, hostname].filter(Boolean).join();

const three = (end = 5460): unknown[][] => [
  [0, end, '127.0.0.1:36001', '127.0.0.1:36004'],
  [5461, 10922, '127.0.0.1:36002', '127.0.0.1:36005'],
  [10923, 16383, '127.0.0.1:36003', '127.0.0.1:36006'],
];
const [first, ...others] = three(5060);

/** Scenario and its n-th CLUSTER SLOTS: every range with its servers. */
const expected: Readonly<Record<string, readonly unknown[]>> = {
  shapes: [three(), three()],
  resharding: [
    three(),
    [
      first,
      [5061, 5061, '127.0.0.1:36002', '127.0.0.1:36005'],
      [5062, 5460, '127.0.0.1:36001', '127.0.0.1:36004'],
      ...others,
    ],
  ],
  endpoints: [
    [
      [0, 5460, '127.0.0.1:36001,host-1.example', '127.0.0.1:36005,host-3.example'],
      [5461, 10922, '127.0.0.1:36002,host-2.example', '127.0.0.1:36007'],
      [10923, 16383, '127.0.0.1:36003', '127.0.0.1:36008'],
    ],
    [
      [0, 5460, 'host-1.example:36001', 'host-3.example:36005'],
      [5461, 10922, 'host-2.example:36002', '127.0.0.1:36007'],
      [10923, 16383, '127.0.0.1:36003', '127.0.0.1:36008'],
    ],
    [
      [0, 5460, 'asked.example:36001,host-1.example', 'asked.example:36005,host-3.example'],
      [5461, 10922, 'asked.example:36002,host-2.example', 'asked.example:36007'],
      [10923, 16383, 'asked.example:36003', 'asked.example:36008'],
    ],
  ],
  announce: Array(2).fill([
    [0, 5460, '127.0.0.1:36001', '127.0.0.1:36005'],
    [5461, 10922, '127.0.0.2:7000', '127.0.0.1:36007'],
    [10923, 16383, '127.0.0.1:36003', '127.0.0.1:36008'],
  ]),
  'fresh-node': [[], [[0, 16382, 'asked.example:36009']]],
};

describe('recorded replies of CLUSTER SLOTS', () => {
  const recorded = recordedCluster('CLUSTER', 'SLOTS');

  test('are all listed here', () => {
    const listed = Object.entries(expected).flatMap(([name, maps]) => maps.map(() => name));
    expect(recorded.map(({ scenario }) => scenario)).toEqual(listed);
  });

  test.each(Object.entries(expected))('%s', (scenario, maps) => {
    const replies = recorded.filter((one) => one.scenario === scenario);
    for (const [i, { forms }] of replies.entries())
      for (const [form, reply] of forms)
        expect({ form, map: summary(parseClusterSlots(reply, asked)) }).toEqual({ form, map: maps[i] });
  });

  test('know the nodes by their ids, each node once', () => {
    const { nodes = {} } = clusterVectors.scenarios.find(({ name }) => name === 'shapes') ?? {};
    const ids = Object.values(nodes).map(({ id }) => id);
    for (const [, reply] of recorded[0]?.forms ?? []) {
      const map = parseClusterSlots(reply, asked);
      expect(new Set(map.nodes.map(({ id }) => id))).toEqual(new Set(ids));
      expect(map.nodes).toHaveLength(ids.length);
      expect(map.nodes.filter(({ role }) => role === 'replica')).toHaveLength(3);
    }
  });
});

const node = (id: string, port = 1, ...more: unknown[]): unknown[] => ['127.0.0.1', port, id, ...more];
const map = (...ranges: unknown[]): SlotMap => parseClusterSlots(ranges, asked);

describe('CLUSTER SLOTS', () => {
  it('tells the availability zone where the server knows it', () => {
    const zoned = node('a', 1, new Map([['availability-zone', 'eu-1a']]));
    const flat = node('a', 1, ['availability-zone', 'eu-1a', 'ip', '127.0.0.1']);
    expect([zoned, flat].map((one) => map([0, 1, one]).nodes[0]?.zone)).toEqual(['eu-1a', 'eu-1a']);
  });

  it('of a server without ids names nodes by their addresses', () => {
    expect(map([0, 1, ['h', 7000]]).nodes).toEqual([{ id: 'h:7000', host: 'h', port: 7000, role: 'primary' }]);
  });

  it('keeps a node that no server can reach, without a host', () => {
    expect(map([0, 1, ['?', 7000, 'a', []], ['h', 0, 'b', []]]).nodes).toMatchObject([
      { id: 'a', host: undefined, role: 'primary' },
      { id: 'b', host: undefined, role: 'replica' },
    ]);
  });

  it.each<[string, unknown]>([
    ['expected a list', null],
    ['expected a list', 'OK'],
    ['expected a list', new Map()],
    ['entry 0: expected start, end and nodes', [null]],
    ['entry 0: expected start, end and nodes', [[]]],
    ['entry 0: expected start, end and nodes', [[0, 1]]],
    ['entry 1: expected start, end and nodes', [[0, 1, node('a')], 7]],
    ['entry 0: expected a range of slots', [['0', 1, node('a')]]],
    ['entry 0: expected a range of slots', [[0, 16_384, node('a')]]],
    ['entry 0: expected a range of slots', [[2, 1, node('a')]]],
    ['entry 0: expected a range of slots', [[-1, 1, node('a')]]],
    ['entry 0: expected a range of slots', [[0.5, 1, node('a')]]],
    ['entry 0: expected a node', [[0, 1, null]]],
    ['entry 0: expected a node', [[0, 1, 'host']]],
    ['entry 0: expected a node', [[0, 1, node('a'), ['h']]]],
    ['entry 0: expected a port', [[0, 1, ['h', '1', 'a']]]],
    ['entry 0: expected a port', [[0, 1, ['h', 65_536, 'a']]]],
    ['entry 0: expected a port', [[0, 1, ['h', null, 'a']]]],
    ['entry 0: expected the host of a node', [[0, 1, [5, 1, 'a']]]],
    ['entry 0: expected the host of a node', [[0, 1, ['h/x', 1, 'a']]]],
    ['entry 0: expected the host of a node', [[0, 1, ['127.0.0.1\0.example', 1, 'a']]]],
    ['entry 0: expected the metadata of a node', [[0, 1, node('a', 1, 'ip')]]],
  ])('is refused when it is malformed: %s %j', (problem, reply) => {
    const message = `CLUSTER SLOTS: unexpected reply (${problem})`;
    expect(() => parseClusterSlots(reply, asked)).toThrow(expect.objectContaining({ message, code: 'PROTOCOL' }));
    expect(() => parseClusterSlots(reply, asked)).toThrow(ProtocolError);
  });
});

describe('the table of a map', () => {
  const before = map([0, 5, node('a', 1), node('x', 9)], [6, 9, node('b', 2)], [16_383, 16_383, node('a', 1)]);

  it('has the range of each slot, and nothing where a slot has no owner', () => {
    const table = slotTable(before);
    expect(table).toHaveLength(16_384);
    expect([0, 5, 6, 9, 10, 16_382, 16_383].map((slot) => table[slot]?.primary.id)).toEqual([
      ...['a', 'a', 'b', 'b'],
      ...[undefined, undefined, 'a'],
    ]);
    expect(table[5]?.replicas.map(({ id }) => id)).toEqual(['x']);
  });

  it('tells which slots have another owner, whatever else changed', () => {
    const after = map(
      [0, 3, node('a', 7)],
      [4, 6, node('b', 2)],
      [8, 10, node('b', 2)],
      [16_383, 16_383, node('a', 7)],
    );
    expect(changedSlots(slotTable(before), slotTable(after))).toEqual([4, 5, 7, 10]);
    expect(changedSlots(slotTable(before), slotTable(before))).toEqual([]);
  });

  it('takes a node with another address or role for a new one, and the old one for gone', () => {
    const after = map(
      [0, 5, node('x', 9)],
      [6, 9, node('b', 3)],
      [10, 10, node('c', 4)],
      [16_383, 16_383, node('a', 1)],
    );
    const { joined, left } = changedNodes(before, after);
    expect(joined.map(({ id, port, role }) => [id, port, role])).toEqual([
      ['x', 9, 'primary'],
      ['b', 3, 'primary'],
      ['c', 4, 'primary'],
    ]);
    expect(left.map(({ id, port, role }) => [id, port, role])).toEqual([
      ['x', 9, 'replica'],
      ['b', 2, 'primary'],
    ]);
    expect(changedNodes(after, after)).toEqual({ joined: [], left: [] });
  });
});
