/**
 * Which servers a command goes to when there are several, and what their answers make together. A command that is not
 * here goes to the server of its key.
 */
import type { MergeReplies, ShardReplies, ShardRule, ShardRules } from '@kv/core';
import { type Datum, type Pair, replyCodes } from '@kv/gibson-parser';
import type { WireReply } from '../commands/support/replies.ts';

const COUNTING = ['MSET', 'MTTL', 'MDEL', 'MINC', 'MDEC', 'MLOCK', 'MUNLOCK', 'COUNT'];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The rules by the names of commands. */
export const shardRules: ShardRules = new Map<string, ShardRule>([
  ...COUNTING.map((name): [string, ShardRule] => [name, all(sum)]),
  ['MGET', all(items)],
  ['KEYS', all(keys)],
  ['PING', all(first)],
  ['STATS', { route: 'refuse' }],
]);

function all(merge: MergeReplies): ShardRule {
  return { route: 'all', merge };
}

/** The reply that stands for all, in the form that the caller wants: the servers were asked for bytes. */
function first({ replies, bytes }: ShardReplies): WireReply {
  const found = (replies as readonly WireReply[]).find(({ code }) => code !== replyCodes.ERR_NOT_FOUND);
  return { ...(found ?? (replies[0] as WireReply)), bytes };
}

/** Nothing found on any server is still "not found". */
function sum(answers: ShardReplies): WireReply {
  const counts = answers.replies as readonly WireReply[];
  const reply = first(answers);
  if (reply.code === replyCodes.ERR_NOT_FOUND) return reply;
  const found = counts.filter(({ code }) => code !== replyCodes.ERR_NOT_FOUND);
  return { ...reply, value: found.reduce((total, { value }) => total + Number(value), 0) };
}

/** One server after the other, in the order of the list. Each was asked for as many as the caller wants. */
function items(answers: ShardReplies): WireReply {
  const [, limit] = answers.command.args;
  return rows(answers, limit === undefined ? undefined : Number(limit));
}

/** The same; the rows are numbered, as those of one server are. */
function keys(answers: ShardReplies): WireReply {
  const reply = rows(answers);
  if (reply.code === replyCodes.ERR_NOT_FOUND) return reply;
  const numbered = (reply.value as readonly Pair[]).map(([, key], i): Pair => [index(i, answers.bytes), key]);
  return { ...reply, value: numbered };
}

function index(i: number, bytes: boolean): Pair[0] {
  return bytes ? encoder.encode(String(i)) : String(i);
}

function rows(answers: ShardReplies, limit?: number): WireReply {
  const reply = first(answers);
  if (reply.code === replyCodes.ERR_NOT_FOUND) return reply;
  const found = (answers.replies as readonly WireReply[]).filter(({ code }) => code === replyCodes.KVAL);
  const all = found.flatMap(({ value }) => value as readonly Pair[]).slice(0, limit);
  const value = answers.bytes ? all : all.map(([key, datum]): Pair => [text(key) as string, text(datum)]);
  return { ...reply, value, missing: undefined };
}

/** Counters stay numbers. */
function text(datum: Datum): Datum {
  return datum instanceof Uint8Array ? decoder.decode(datum) : datum;
}
