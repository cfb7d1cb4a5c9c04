/** How long a blocking command may wait on the server. */
import { badArgument } from '@kv/core';

/** A time a server may wait: as an argument, and in milliseconds for the client's own clock. */
export interface BlockingTimeout {
  readonly arg: string;
  /** 0 = no limit. */
  readonly blockMs: number;
}

/** Below this, servers before 7.0 round down to 0, and 0 means forever. */
const SHORTEST_SECONDS = 0.001;

/** Seconds with a fraction, as the popping commands take them; 0 = no limit. @throws ArgumentError */
export function blockSeconds(timeout: number, name = 'timeout'): BlockingTimeout {
  if (!Number.isFinite(timeout) || timeout < 0) throw badArgument(name, 'seconds, 0 or more', timeout);
  if (timeout === 0) return { arg: '0', blockMs: 0 };
  const seconds = Math.max(timeout, SHORTEST_SECONDS);
  return { arg: String(seconds), blockMs: Math.round(seconds * 1000) };
}

/** Whole milliseconds, as streams and WAIT take them; 0 = no limit. @throws ArgumentError */
export function blockMilliseconds(timeout: number, name = 'timeout'): BlockingTimeout {
  if (!Number.isSafeInteger(timeout) || timeout < 0) throw badArgument(name, 'whole milliseconds, 0 or more', timeout);
  return { arg: timeout === 0 ? '0' : String(timeout), blockMs: timeout };
}
