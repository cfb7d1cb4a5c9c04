import { outsideOfCalls } from '../async-context.ts';
import { clearTimeout, setTimeout, type Timer } from '../timers.ts';
import { LONGEST_TIMER } from './timer-limits.ts';

/** One timer for all clients: an idle one has none. */
let timer: Timer | undefined;
let holders = 0;

/** Keeps the process alive until {@link letEnd} was called as often as this. */
export function keepAlive(): void {
  if (holders++ > 0) return;
  if (timer === undefined) start();
  else timer.ref();
}

/** See {@link keepAlive}. */
export function letEnd(): void {
  if (--holders === 0) timer?.unref();
}

/** A client is over: nothing stays behind it when nothing is held. */
export function dropKeepAlive(): void {
  if (holders > 0) return;
  clearTimeout(timer);
  timer = undefined;
}

function start(): void {
  timer = outsideOfCalls(() => setTimeout(startAgain, LONGEST_TIMER));
}

/** Timers have a longest time. */
function startAgain(): void {
  timer = undefined;
  if (holders > 0) start();
}
