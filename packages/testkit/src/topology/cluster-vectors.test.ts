import { Reader } from '@kv/resp-parser';
import { expect, test } from 'vitest';
import { loadClusterVectors, recordedKey, withNodes } from './cluster-vectors.ts';

const vectors = loadClusterVectors();
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

test('every step names a node that the scenario knows, and its bytes are whole frames of the number it reads', () => {
  expect(vectors.scenarios).toHaveLength(29);
  for (const { name, nodes, steps, protocols } of vectors.scenarios) {
    for (const step of steps) {
      if (step.kind === 'wait') continue;
      expect(nodes).toHaveProperty(step.node);
      if (step.kind === 'admin') continue;
      for (const bytes of [step.resp2, step.resp3])
        expect(() => new Reader().parse(bytes ?? Buffer.of())).not.toThrow();
      for (const protocol of protocols) expect([name, step[`resp${protocol}`]]).not.toContain(undefined);
    }
  }
});

test('the same bytes in both protocols are given twice', () => {
  const redirects = vectors.scenarios.find(({ name }) => name === 'redirects');
  const moved = redirects?.steps.find((step) => step.kind === 'exchange' && step.commands[0]?.[0] === 'GET');
  expect(moved).toMatchObject({ conn: 'c', node: 'n1', commands: [['GET', 'foo']], replies: 1 });
  if (moved?.kind !== 'exchange') throw new Error('no such step');
  expect(text(moved.resp2)).toBe('-MOVED 12182 127.0.0.1:36003\r\n');
  expect(moved.resp3).toEqual(moved.resp2);
});

test('a scenario can be played with other nodes: their ports and ids stand everywhere', () => {
  const [shapes] = vectors.scenarios;
  if (shapes === undefined) throw new Error('no scenarios');
  const ids = Object.keys(shapes.nodes);
  const nodes = Object.fromEntries(ids.map((name, i) => [name, { port: 36_006 - i, id: String(i).repeat(40) }]));
  const [first] = withNodes(shapes, nodes).steps;
  if (first?.kind !== 'exchange') throw new Error('the first step is no exchange');
  const [reply] = new Reader().parse(first.resp2 as Uint8Array);
  expect(reply).toEqual([
    [0, 5460, ['127.0.0.1', 36_006, '0'.repeat(40), []], ['127.0.0.1', 36_003, '3'.repeat(40), []]],
    [5461, 10_922, ['127.0.0.1', 36_005, '1'.repeat(40), []], ['127.0.0.1', 36_002, '4'.repeat(40), []]],
    [10_923, 16_383, ['127.0.0.1', 36_004, '2'.repeat(40), []], ['127.0.0.1', 36_001, '5'.repeat(40), []]],
  ]);
  expect(() => withNodes(shapes, { n9: { port: 1, id: '' } })).toThrow('no node n9');
});

test('slots, redirects, policies and servers are there', () => {
  expect(vectors.slots).toContainEqual(['foo', 12_182]);
  expect(vectors.slots.map(([key]) => recordedKey(key))).toContainEqual(Uint8Array.of(0x00, 0xff, 0x80));
  expect(vectors.redirects.cases[0]?.[1]).toEqual({ kind: 'moved', slot: 3999, host: '127.0.0.1', port: 6381 });
  expect(vectors.policies['dbsize']?.slice(0, 2)).toEqual(['all_shards', 'agg_sum']);
  expect(vectors.rendezvous.servers.map(({ name }) => name)).toEqual(['ssdb-1', 'ssdb-2', 'ssdb-3']);
  expect(vectors.rendezvous.weights2).toHaveLength(vectors.rendezvous.servers.length);
});
