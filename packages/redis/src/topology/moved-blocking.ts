import { type AnyCommand, type BlockingRound, type BlockingRounds, type Connection, monotonicNow } from '@kv/core';
import { withTimeLeft } from '../protocol/command-table.ts';
import { hasPrefix } from '../protocol/errors.ts';

/** They are about the connection that they were sent on: another server can say nothing of its writes. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['WAIT', 'WAITAOF']);

/** Pauses before the first round after a refusal, and before later ones, ms: sentinels take a while to name another. */
const PAUSE = { first: 50, later: 250 } as const;

/** How long a later round may wait for a connection at least, ms. */
const PATIENCE = 10_000;

/**
 * One blocking command: when its server becomes a replica, which ends it with nothing taken off any list, it goes on at
 * the new primary with the time that is left.
 */
export class MovedBlocking implements BlockingRounds {
  readonly #command: AnyCommand;
  readonly #refused: () => void;
  readonly #began = monotonicNow();
  #refusals = 0;

  /** @param refused called when a server has refused it because it is no primary */
  constructor(command: AnyCommand, refused: () => void) {
    this.#command = command;
    this.#refused = refused;
  }

  next(): BlockingRound {
    if (this.#refusals === 0) return { command: this.#command, pause: 0 };
    const { blockMs } = this.#command;
    const elapsed = monotonicNow() - this.#began;
    return {
      command: withTimeLeft(this.#command, elapsed),
      pause: this.#refusals === 1 ? PAUSE.first : PAUSE.later,
      patience: blockMs === 0 ? 0 : Math.max(blockMs - elapsed, PATIENCE),
    };
  }

  failed(error: unknown, connection: Connection | undefined): boolean {
    if (connection === undefined || OF_THE_CONNECTION.has(this.#command.spec.name) || !isDemotion(error)) return false;
    this.#refusals++;
    this.#refused();
    return true;
  }
}

/** A command that `CLIENT UNBLOCK` ended has other words behind UNBLOCKED. */
function isDemotion(error: unknown): boolean {
  if (hasPrefix(error, 'UNBLOCKED')) return error.message.includes('instance state changed');
  return hasPrefix(error, 'READONLY', 'LOADING', 'MASTERDOWN');
}
