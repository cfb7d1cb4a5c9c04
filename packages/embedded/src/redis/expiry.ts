import { CommandError } from './command-error.ts';
import { integerOf } from './numbers.ts';

const MAX = 2n ** 63n - 1n;

/** How a time to live can be given: in which unit, and from when. */
export interface TimeUnit {
  readonly ms: bigint;
  readonly absolute: boolean;
}

export const EX: TimeUnit = { ms: 1000n, absolute: false };
export const PX: TimeUnit = { ms: 1n, absolute: false };
export const EXAT: TimeUnit = { ms: 1000n, absolute: true };
export const PXAT: TimeUnit = { ms: 1n, absolute: true };

/** Options of SET and GETEX. */
export const timeOptions: Readonly<Record<string, TimeUnit>> = { EX, PX, EXAT, PXAT };

/** Unix milliseconds from a text in some unit; `name` is the command that the refusal names. */
export function deadline(text: string, unit: TimeUnit, now: number, name: string): number {
  const at = integerOf(text) * unit.ms + (unit.absolute ? 0n : BigInt(now));
  return at > MAX || at < -MAX ? invalid(name) : Number(at);
}

/** The same where the time must lie after zero. */
export function positiveDeadline(text: string, unit: TimeUnit, now: number, name: string): number {
  if (integerOf(text) <= 0n) return invalid(name);
  return deadline(text, unit, now, name);
}

function invalid(name: string): never {
  throw new CommandError(`ERR invalid expire time in '${name}' command`);
}
