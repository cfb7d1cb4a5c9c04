/** Raw replies in the shapes of RESP2, whichever protocol the connection speaks. */
import { type AnyCommand, Command, Flag } from '@kv/core';

/** Pairs in a list: RESP3 has a list for each, RESP2 does not. */
const PAIRS = /^(?:HRANDFIELD|VSIM|Z(?:DIFF|INTER|UNION|POPM(?:AX|IN)|RANDMEMBER|(?:REV)?RANGE(?:BYSCORE)?))$/;

/** Streams with their entries: a map in RESP3, a list of pairs in RESP2. */
const STREAMS = /^XREAD(?:GROUP)?$/;

/**
 * The same raw command, whose reply has the shape that RESP2 has for it: doubles as text, maps and sets as flat lists, booleans
 * as 1 and 0. In a transaction one such command asks for it for all.
 *
 * @example await redis.send(inResp2(command('ZSCORE', 'scores', 'ann'))) // '1.5'
 */
export function inResp2<T, V>(command: Command<T, V>): Command<T, V>;
export function inResp2(command: AnyCommand): AnyCommand;
export function inResp2(command: AnyCommand): AnyCommand {
  const { spec, args, flags, blockMs, bytes } = command;
  const shape = PAIRS.test(spec.name) ? flatPairs : STREAMS.test(spec.name) ? pairsOfStreams : undefined;
  const reply = shape === undefined ? command.reply : (raw: unknown): unknown => command.reply(shape(raw), command);
  return new Command(spec, args, reply, flags | Flag.flat, blockMs, bytes);
}

function flatPairs(raw: unknown): unknown {
  return Array.isArray(raw) ? raw.flat() : raw;
}

function pairsOfStreams(raw: unknown): unknown {
  if (!Array.isArray(raw) || Array.isArray(raw[0])) return raw;
  return raw.flatMap((stream, at) => (at % 2 === 0 ? [[stream, raw[at + 1]]] : []));
}
