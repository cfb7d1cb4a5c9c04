/** When no sentinel names a primary: what is told, and when the client gives up. */
import type { KvError, Redis as KvRedis } from '@kv/redis';
import { followState, type StatusHost, tellError } from './status.ts';

/** What happens when no sentinel has named a primary. */
export interface SearchRules {
  /** `sentinelRetryStrategy`: asked after each round of that kind; a number means that there is a next one. */
  readonly strategy: unknown;
  /** Ends all calls, and the client: there will be no further round. */
  giveUp(reason: Error): void;
}

/** Follows the state of a client that asks sentinels, and tells when none of them names a primary. */
export function followSentinels(client: KvRedis, host: StatusHost, rules: SearchRules): void {
  let rounds = 0;
  followState(client, host);
  client.on('state', ({ to }) => {
    if (to === 'ready') rounds = 0;
  });
  client.on('discoveryFailed', ({ cause }) => {
    if (['ready', 'end', 'disconnecting'].includes(host.status)) return;
    const error = roundFailed(host, cause, goesOn(rules.strategy, ++rounds));
    if (error !== undefined) rules.giveUp(error);
  });
}

/** Without a strategy there is always a next round; what is no function gives up at once. */
function goesOn(strategy: unknown, rounds: number): boolean {
  if (strategy === undefined) return true;
  return typeof strategy === 'function' && typeof strategy(rounds) === 'number';
}

/** Tells of a round. Returns the reason to give up, where there is no next one. */
function roundFailed(host: StatusHost, cause: KvError, again: boolean): Error | undefined {
  const { message } = cause.cause instanceof Error ? cause.cause : cause;
  host.emit('sentinelError', new Error(`failed to connect to a sentinel because ${message}`, { cause }));
  const next = again ? '. They are asked again.' : ' and retry is disabled.';
  const error = new Error(`All sentinels are unreachable${next} Last error: ${message}`, { cause });
  tellError(host, error);
  return again ? undefined : error;
}
