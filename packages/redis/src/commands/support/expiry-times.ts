/** The times that SET, GETEX and similar commands take. */
import type { Arg } from '@kv/core';
import { addInteger, type Int } from './arguments.ts';

/** When a value ends. */
export interface ExpiryTimes {
  /** Ends in so many seconds. */
  ex: Int;
  /** Ends in so many milliseconds. */
  px: Int;
  /** Ends at this unix time, in seconds. Since 6.2. */
  exat: Int;
  /** Ends at this unix time, in milliseconds. Since 6.2. */
  pxat: Int;
}

/** The options that name a time. */
export const TIMES = ['ex', 'px', 'exat', 'pxat'] as const;

/** Appends the time that is given. @throws ArgumentError when it is below 1 */
export function addTime(args: Arg[], options: { readonly [K in keyof ExpiryTimes]?: Int | false | undefined }): void {
  for (const name of TIMES) addInteger(args, name.toUpperCase(), options[name], name, 1);
}
