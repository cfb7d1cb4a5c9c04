/**
 * Which servers a command goes to when there are several, and what their answers make together. A command that is not
 * here goes to the server of its first key or name.
 */

import {
  type Arg,
  compareBytes,
  keyPositions,
  type MergeReplies,
  mergeSorted,
  ProtocolError,
  type ShardReplies,
  type ShardRule,
  type ShardRules,
} from '@kv/core';
import type { Reply } from '@kv/ssdb-parser';
import { blockInteger, blockText } from '../commands/support/replies.ts';

const REFUSED =
  'info list_allow_ip list_deny_ip get_key_range get_kv_range set_kv_range slaveof dump sync140 auth ignore_key_range';
const ON_ALL = 'flushdb compact clear_binlog ping add_allow_ip del_allow_ip add_deny_ip del_deny_ip';

let rules: ShardRules | undefined;

/** The rules by the names on the wire. */
export function shardRules(): ShardRules {
  rules ??= new Map([
    ...named('multi_get multi_exists multi_hsize multi_zsize', split(1, inRequestOrder)),
    ...named('multi_set', split(2, sum)),
    ...named('multi_del', split(1, sum)),
    ...named('scan', all(range(2, false))),
    ...named('rscan', all(range(2, true))),
    ...named('keys hlist zlist qlist', all(range(1, false))),
    ...named('rkeys hrlist zrlist qrlist', all(range(1, true))),
    ...named('dbsize', all(sum)),
    ...named(ON_ALL, all(first)),
    ...named('version', { route: 'first' }),
    ...named(REFUSED, { route: 'refuse' }),
  ]);
  return rules;
}

function named(names: string, rule: ShardRule): [string, ShardRule][] {
  return names.split(' ').map((name) => [name, rule]);
}

function split(width: number, merge: MergeReplies): ShardRule {
  return { route: 'split', width, merge };
}

function all(merge: MergeReplies): ShardRule {
  return { route: 'all', merge };
}

/** What the caller wants: the servers were asked for bytes. */
function reply(body: readonly Arg[], { bytes, replies }: ShardReplies): Reply {
  const { status } = replies[0] as Reply;
  return { status, body: bytes ? [...body] : body.map(blockText) };
}

function bodies(answers: ShardReplies): readonly (readonly Arg[])[] {
  return answers.replies.map((raw) => (raw as Reply).body);
}

function first(answers: ShardReplies): Reply {
  return reply(bodies(answers)[0] ?? [], answers);
}

function sum(answers: ShardReplies): Reply {
  const counts = bodies(answers).map(([count]) => BigInt(blockInteger(count, answers.command)));
  const total = String(counts.reduce((a, b) => a + b, 0n));
  return reply([new TextEncoder().encode(total)], answers);
}

function range(width: number, descending: boolean): MergeReplies {
  return (answers) => {
    const limit = Number(answers.command.args[2]);
    const most = limit >= 0 ? limit : Number.POSITIVE_INFINITY;
    return reply(mergeSorted(bodies(answers), { width, descending, limit: most }), answers);
  };
}

/** A key and its value, in the order of the keys that were asked for; a key that a server does not know is left out. */
function inRequestOrder(answers: ShardReplies): Reply {
  const { command, keys } = answers;
  const flat = bodies(answers);
  const positions = keyPositions(command.spec.keys, command.args);
  const read = flat.map(() => 0);
  const body: Arg[] = [];
  for (const [i, part] of serversOf(keys)) {
    const [from, at] = [flat[part] as readonly Arg[], read[part] as number];
    const [key, value] = [from[at], from[at + 1]];
    if (key === undefined || value === undefined) continue;
    if (compareBytes(key, command.args[positions[i] as number] as Arg) !== 0) continue;
    body.push(key, value);
    read[part] = at + 2;
  }
  if (flat.some((from, part) => from.length !== read[part])) throw unexpected(command.spec.name);
  return reply(body, answers);
}

/** Position of each key in the call, and which part has it, in the order of the call. */
function serversOf(keys: ShardReplies['keys']): [key: number, part: number][] {
  const pairs = keys.flatMap((own, part) => own.map((key): [number, number] => [key, part]));
  return pairs.sort(([a], [b]) => a - b);
}

function unexpected(command: string): ProtocolError {
  const message = 'the answer has other keys than were asked for';
  return new ProtocolError(message, { command, outcome: 'unknown', attempts: 1 });
}
