import { loadVectors } from '@kv/testkit';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { keyHash, Rendezvous, type RendezvousServer, serverSeed } from './rendezvous.ts';

interface Recorded {
  readonly servers: readonly { readonly name: string; readonly weight: number; readonly seed: number }[];
  readonly weights2: readonly number[];
  readonly keys: readonly {
    readonly key: string;
    readonly hash: number;
    readonly server: string;
    readonly serverWeights2: string;
  }[];
}

const recorded: Recorded = loadVectors(new URL('../../test/vectors/rendezvous.vectors.json', import.meta.url));

const encoder = new TextEncoder();
const named = (count: number): RendezvousServer[] => Array.from({ length: count }, (_, i) => ({ name: `ssdb-${i}` }));
const keys = Array.from({ length: 40_000 }, (_, i) => `user:${i}:name`);

describe('the recorded choices', () => {
  const equal = new Rendezvous(recorded.servers);
  const weighted = new Rendezvous(recorded.servers.map(({ name }, i) => ({ name, weight: recorded.weights2[i] })));

  test.each(recorded.servers)('$name has its seed', ({ name, seed }) => {
    expect(serverSeed(name)).toBe(seed);
  });

  test.each(recorded.keys)('$key, as text and as bytes', ({ key, hash, server, serverWeights2 }) => {
    for (const form of [key, encoder.encode(key)]) {
      expect(keyHash(form)).toBe(hash);
      expect(recorded.servers[equal.pick(form)]?.name).toBe(server);
      expect(recorded.servers[weighted.pick(form)]?.name).toBe(serverWeights2);
    }
  });
});

it('chooses the same server in whatever order the servers are listed', () => {
  const servers = named(5).map((server, i) => ({ ...server, weight: 1 + (i % 2) }));
  const inOrder = new Rendezvous(servers);
  const shuffled = fc.shuffledSubarray(servers, { minLength: 5 });
  fc.assert(
    fc.property(shuffled, fc.string(), (other, key) => {
      expect(other[new Rendezvous(other).pick(key)]).toBe(servers[inOrder.pick(key)]);
    }),
  );
});

it('moves a quarter of the keys to a fourth server, and none between the other three', () => {
  const three = new Rendezvous(named(3));
  const four = new Rendezvous(named(4));
  const moved = keys.filter((key) => three.pick(key) !== four.pick(key));
  expect(moved.every((key) => four.pick(key) === 3)).toBe(true);
  expect(moved.length / keys.length).toBeCloseTo(0.25, 2);
});

it('gives each server its share of the keys', () => {
  const weights = [1, 2, 5];
  const servers = new Rendezvous(weights.map((weight, i) => ({ name: `ssdb-${i}`, weight })));
  const counts = [0, 0, 0];
  for (const key of keys) counts[servers.pick(key)] = (counts[servers.pick(key)] ?? 0) + 1;
  const shares = counts.map((count) => Math.round((80 * count) / keys.length) / 10);
  expect(shares).toEqual(weights);
});

it('chooses as with the logarithm when all weights are equal', () => {
  const equal = new Rendezvous(named(7).map((server) => ({ ...server, weight: 3 })));
  const nearly = new Rendezvous(named(7).map((server, i) => ({ ...server, weight: i === 6 ? 1e-9 : 3 })));
  const six = keys.filter((key) => equal.pick(key) < 6);
  expect(six.every((key) => equal.pick(key) === nearly.pick(key))).toBe(true);
});

it('gives all keys of one hash tag to one server', () => {
  const servers = new Rendezvous(named(16));
  const picks = keys.slice(0, 100).map((_, i) => servers.pick(`{user:1}:${i}`));
  expect(new Set(picks)).toEqual(new Set([servers.pick('user:1')]));
});

it.each([
  [[], 'servers: expected at least one'],
  [[{ name: 'a' }, { name: 'b' }, { name: 'a' }], 'servers[2].name: another server has the same name'],
  [[{ name: 5 as unknown as string }], 'servers[0].name: expected a text, got 5'],
  [[{ name: 'a', weight: 0 }], 'servers[0].weight: expected a finite number above 0, got 0'],
  [[{ name: 'a', weight: Number.NaN }], 'servers[0].weight: expected a finite number above 0, got NaN'],
  [[{ name: 'a', weight: 1 / 0 }], 'servers[0].weight: expected a finite number above 0, got Infinity'],
])('refuses %j', (servers, message) => {
  expect(() => new Rendezvous(servers)).toThrow(expect.objectContaining({ code: 'ARGUMENT', message }));
});
