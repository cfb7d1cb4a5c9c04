import type { Request } from '@kv/core';

/** A call without a deadline is given back after so many refusals. */
const MOST_REDIRECTS = 64;

/** Calls of users; what the client itself says to a server belongs to that server. */
export function isMovable({ part }: Request): boolean {
  return part >= 0;
}

/** Whether a call has been refused so often that its caller gets the refusal. */
export function hasHadEnough({ redirects, list }: Request): boolean {
  return redirects >= MOST_REDIRECTS && list === null;
}
