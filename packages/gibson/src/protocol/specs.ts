import { type AnyCommand, Command, Flag, idempotent, Keys, read, type Spec, spec, write } from '@kv/core';
import { replyCodes } from '@kv/gibson-parser';
import type { WireReply } from '../commands/support/replies.ts';

/**
 * The constant part of every command: what may be repeated after a lost connection, and where the key is.
 *
 * An item's age restarts with SET, TTL and UNLOCK, so their repetition is harmless but not without trace; DEL and
 * MDEL leave the same state but answer differently. INC, DEC and locks are never repeated by default.
 */
function again(name: string, flags: number, once: (reply: WireReply) => boolean): Spec {
  const last = spec(name, flags, Keys.first);
  return spec(name, flags, Keys.first, (reply, command) =>
    once(reply as WireReply) ? repeat(command, last) : undefined,
  );
}

function repeat(command: AnyCommand, last: Spec): AnyCommand {
  return new Command(
    last,
    command.args,
    (raw, own) => command.reply(raw, own),
    command.flags,
    command.blockMs,
    command.bytes,
  );
}

/** INC and DEC on an expired item answer "not found" and remove it; the next call creates it as if it were new. */
const expired = (reply: WireReply): boolean => reply.code === replyCodes.ERR_NOT_FOUND;

/** MGET that meets an expired item stops there and removes what has expired; the next call is complete. */
const short = (reply: WireReply): boolean => reply.missing !== undefined;

export const SET: Spec = idempotent('SET', Keys.second);
export const TTL: Spec = idempotent('TTL');
export const GET: Spec = read('GET');
export const DEL: Spec = idempotent('DEL');
export const INC: Spec = again('INC', 0, expired);
export const DEC: Spec = again('DEC', 0, expired);
export const LOCK: Spec = write('LOCK');
export const UNLOCK: Spec = idempotent('UNLOCK');
export const MSET: Spec = idempotent('MSET');
export const MTTL: Spec = idempotent('MTTL');
export const MGET: Spec = again('MGET', Flag.read, short);
export const MDEL: Spec = idempotent('MDEL');
export const MINC: Spec = write('MINC');
export const MDEC: Spec = write('MDEC');
export const MLOCK: Spec = write('MLOCK');
export const MUNLOCK: Spec = idempotent('MUNLOCK');
export const COUNT: Spec = read('COUNT');
export const KEYS: Spec = read('KEYS');
export const META: Spec = read('META');
export const STATS: Spec = read('STATS', Keys.none);
export const PING: Spec = read('PING', Keys.none);
export const END: Spec = spec('END', Flag.quit);
