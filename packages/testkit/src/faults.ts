import type { Random } from './random.ts';

/** What happens to the bytes of one direction. Offsets count the bytes that came in, from the connection's start. */
export interface DirectionFaults {
  /** Milliseconds that each chunk waits; order is kept. */
  readonly delay?: number;
  /** Chunks are passed on in pieces of at most this many bytes, each in an event-loop turn of its own. */
  readonly pieces?: number;
  /** Chunks are collected for this many milliseconds and passed on as one. */
  readonly merge?: number;
  /** After this many bytes the whole connection is cut, both sides. */
  readonly cutAfter?: number;
  /** How the cut looks to both sides: a TCP reset (default) or an orderly end. */
  readonly cutAs?: 'reset' | 'end';
  /** After this many bytes nothing more is passed on, the sockets stay open: what comes later is lost. */
  readonly halfOpenAfter?: number;
  /**
   * After passing on this many bytes (foreign ones count) the direction stands still until `resume()`: later bytes
   * wait, and writers feel the pressure.
   */
  readonly stallAfter?: number;
  /** From a Redis: a push of RESP3 is put behind every so many places between replies; see `PushInjector`. */
  readonly pushes?: number;
  /** Foreign bytes are put in after this many. */
  readonly garbage?: { readonly after: number; readonly bytes: Uint8Array };
}

/** What one connection suffers. Nothing named: bytes pass as they come. */
export interface Faults {
  /** Accepted, and reset before a byte is read. A closed port is {@link FaultProxy.refuse}. */
  readonly refuse?: boolean;
  /** Milliseconds between accepting a connection and opening the one to the server. */
  readonly acceptDelay?: number;
  /** Client to server. */
  readonly toServer?: DirectionFaults;
  /** Server to client. */
  readonly toClient?: DirectionFaults;
}

/** Bounds of {@link randomFaults}. */
export interface FaultMix {
  /** Share of connections that are left alone; default 0.2. */
  readonly healthy?: number;
  /** Faults that happen after some bytes happen before this many; default 4096. */
  readonly within?: number;
  /** Longest delay in milliseconds; default 5. */
  readonly maxDelay?: number;
  /** Foreign bytes may be put in; default true. They can look like a valid reply, so a model may want to do without. */
  readonly garbage?: boolean;
  /** Connections end as soon as they are accepted, or not at all; default false: anything happens. */
  readonly atOnce?: boolean;
  /** Directions may go silent (half-open, stall); default true. Only a client with deadlines survives these. */
  readonly silence?: boolean;
}

/** As servers and proxies do that take no more clients. */
const AT_ONCE: readonly Faults[] = [
  { refuse: true },
  { toServer: { cutAfter: 0, cutAs: 'end' } },
  { toServer: { cutAfter: 0, cutAs: 'reset' } },
];

/**
 * Draws what one connection suffers: most have something harmless (delays, pieces, merging), and one thing that ends
 * or silences them after some bytes.
 */
export function randomFaults(random: Random, mix: FaultMix = {}): Faults {
  if (random.chance(mix.healthy ?? 0.2)) return {};
  if (mix.atOnce === true) return random.pick(AT_ONCE);
  const fatal = random.pick(['toServer', 'toClient', 'refuse', 'none'] as const);
  if (fatal === 'refuse') return { refuse: true };
  return {
    ...(random.chance(0.1) ? { acceptDelay: random.below((mix.maxDelay ?? 5) * 4 + 1) } : {}),
    toServer: { ...shaping(random, mix), ...(fatal === 'toServer' ? ending(random, mix, false) : {}) },
    toClient: { ...shaping(random, mix), ...(fatal === 'toClient' ? ending(random, mix, true) : {}) },
  };
}

function shaping(random: Random, mix: FaultMix): DirectionFaults {
  const most = (mix.maxDelay ?? 5) + 1;
  switch (random.below(5)) {
    case 0:
      return { pieces: 1 + random.below(7) };
    case 1:
      return { merge: random.below(most) };
    case 2:
      return { delay: random.below(most) };
    default:
      return {};
  }
}

function ending(random: Random, mix: FaultMix, toClient: boolean): DirectionFaults {
  const after = random.below(mix.within ?? 4096);
  const kinds = ['reset', 'reset', 'end'];
  if (mix.silence ?? true) kinds.push('half-open', 'stall');
  if ((mix.garbage ?? true) && toClient) kinds.push('garbage');
  switch (random.pick(kinds)) {
    case 'half-open':
      return { halfOpenAfter: after };
    case 'stall':
      return { stallAfter: after };
    case 'garbage':
      return { garbage: { after, bytes: Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256)) } };
    case 'end':
      return { cutAfter: after, cutAs: 'end' };
    default:
      return { cutAfter: after, cutAs: 'reset' };
  }
}
