import { expect, it } from 'vitest';
import { chooseReplicas } from './replica-choice.ts';
import type { SentinelAnswer } from './sentinel-link.ts';
import type { KnownReplica } from './sentinel-replies.ts';

const PRIMARY = { host: '10.0.0.1', port: 6379 };

function replica(host: string, { isUp = true, isLinked = true }: Partial<KnownReplica> = {}): KnownReplica {
  return { host, port: 6379, isUp, isLinked };
}

function answer(replicas: readonly KnownReplica[], host: string = PRIMARY.host): SentinelAnswer {
  return { view: { host, port: 6379, epoch: 1 }, sentinels: [], replicas };
}

it('takes the replicas of all sentinels that name the primary, each once [#192]', () => {
  const answers = [answer([replica('a'), replica('b')]), answer([replica('b'), replica('c')])];
  expect(chooseReplicas(answers, PRIMARY)).toEqual(['a', 'b', 'c'].map((host) => replica(host)));
});

it('leaves out what sentinels say that name another primary, or none [#192]', () => {
  const none: SentinelAnswer = { view: undefined, sentinels: [], replicas: [replica('b')] };
  const answers = [answer([replica('a')], '10.0.0.9'), none, answer([replica('c')])];
  expect(chooseReplicas(answers, PRIMARY)).toEqual([replica('c')]);
});

it('leaves out the primary, which a sentinel calls a replica until the failover ends [#186] [#192]', () => {
  expect(chooseReplicas([answer([replica(PRIMARY.host), replica('a')])], PRIMARY)).toEqual([replica('a')]);
});

it('believes the majority of the sentinels that know a replica, and no tie [#182] [#192]', () => {
  const [up, down, cut] = [replica('a'), replica('a', { isUp: false }), replica('a', { isLinked: false })];
  const of = (...opinions: readonly KnownReplica[]): KnownReplica[] =>
    chooseReplicas([...opinions.map((opinion) => answer([opinion])), answer([])], PRIMARY);
  expect(of(up, up, down)).toEqual([up]);
  expect(of(up, down, down)).toEqual([]);
  expect(of(up, down)).toEqual([]);
  expect(of(up, up, cut)).toEqual([up]);
  expect(of(up, cut)).toEqual([cut]);
});
