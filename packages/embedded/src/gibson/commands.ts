import { type Handler, OK } from './command.ts';
import { count, keys, mdel, mget, mlock, mset, mstep, mttl, munlock } from './multi.ts';
import { del, get, lock, meta, set, step, ttl, unlock } from './single.ts';

/** Opcode → command. END (255) is the connection's business. */
export const commands: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [1, set],
  [2, ttl],
  [3, get],
  [4, del],
  [5, step(1n)],
  [6, step(-1n)],
  [7, lock],
  [8, unlock],
  [9, mset],
  [10, mttl],
  [11, mget],
  [12, mdel],
  [13, mstep(1n)],
  [14, mstep(-1n)],
  [15, mlock],
  [16, munlock],
  [17, count],
  [18, (context) => context.stats()],
  [19, () => OK],
  [20, meta],
  [21, keys],
]);
