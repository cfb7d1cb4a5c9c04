import {
  type AnyCommand,
  type BlockingRound,
  type BlockingRounds,
  Command,
  type Connection,
  type Endpoint,
  isKvError,
  monotonicNow,
  NO_RESULT,
} from '@kv/core';
import { timeOf } from '../protocol/command-table.ts';
import { hasPrefix, ReplyError } from '../protocol/errors.ts';
import { ASKING } from './cluster-commands.ts';
import { commandSlot } from './command-slot.ts';
import type { ExclusiveMoves } from './exclusive-moves.ts';
import { FREE_REDIRECTS, pauseAfter } from './pauses.ts';
import { redirectOf } from './redirects.ts';

/**
 * How long a server is asked to block at most, ms: one whose slot is on its way to another does not hear of what is
 * pushed there.
 */
const LONGEST_ROUND = 10_000;

/** A call without an end gives up after so many rounds in a row that got no connection. */
const MOST_LOST_ROUNDS = 64;

/**
 * The rounds of one blocking command in a cluster.
 *
 *     BLPOP k 25 ─▶ 10 s ─▶ 10 s ─▶ MOVED after 2 s: at the new owner the 3 s that are left ─▶ its reply is the result
 */
export class SlotBlocking implements BlockingRounds {
  readonly #command: AnyCommand;
  readonly #moves: ExclusiveMoves;
  readonly #began = monotonicNow();
  #target: Endpoint | undefined;
  #refusals = 0;
  #lost = 0;
  #pause = 0;
  #isFirst = true;
  #hasFailed = false;

  constructor(command: AnyCommand, moves: ExclusiveMoves) {
    this.#command = command;
    this.#moves = moves;
  }

  next(): BlockingRound {
    const left = this.#left;
    if (!this.#hasFailed) this.#refusals = 0;
    const round: BlockingRound = {
      command: this.#roundOf(left),
      pause: this.#pause,
      ...(this.#target === undefined ? {} : { endpoint: this.#target, before: ASKING }),
      ...(this.#isFirst ? {} : { patience: Number.isFinite(left) ? Math.max(left, LONGEST_ROUND) : 0 }),
    };
    this.#isFirst = false;
    this.#hasFailed = false;
    this.#pause = 0;
    this.#target = undefined;
    return round;
  }

  failed(error: unknown, connection: Connection | undefined): boolean {
    this.#hasFailed = true;
    if (connection === undefined) return this.#notConnected(error);
    this.#lost = 0;
    if (isDemotion(error)) return this.#refused(undefined, connection);
    const redirect = error instanceof ReplyError ? redirectOf(error.message) : undefined;
    return redirect !== undefined && this.#refused(redirect, connection);
  }

  #refused(redirect: ReturnType<typeof redirectOf>, connection: Connection): boolean {
    const slot = commandSlot(this.#command);
    const target = this.#moves.refused(slot, redirect ?? { kind: 'unavailable' }, connection);
    if (redirect?.kind === 'once') this.#target = target;
    const isFree = ++this.#refusals <= FREE_REDIRECTS && target !== undefined;
    this.#pause = isFree ? 0 : pauseAfter(this.#refusals + FREE_REDIRECTS);
    return true;
  }

  /** The server was replaced while a connection to it was waited for. */
  #notConnected(error: unknown): boolean {
    if (!isKvError(error) || error.code !== 'CONNECTION' || error.outcome !== 'notSent') return false;
    this.#pause = pauseAfter(++this.#lost + FREE_REDIRECTS);
    return this.#lost < MOST_LOST_ROUNDS && this.#left > 0;
  }

  get #left(): number {
    const { blockMs } = this.#command;
    return blockMs === 0 ? Number.POSITIVE_INFINITY : blockMs - (monotonicNow() - this.#began);
  }

  /** The command with the time of this round. Of all but the last round, an empty reply is no result. */
  #roundOf(left: number): AnyCommand {
    const { spec, args, flags, bytes, reply } = this.#command;
    const time = timeOf(this.#command);
    if (time === undefined) return this.#command;
    const most = isFromNow(this.#command) ? left : LONGEST_ROUND;
    const isLast = left <= most;
    const milliseconds =
      left === Number.POSITIVE_INFINITY && isLast ? 0 : Math.max(Math.round(Math.min(left, most)), 1);
    const own = [...args];
    own[time.at] = String(milliseconds / time.unit);
    const result = isLast ? reply : (raw: unknown, self: AnyCommand) => (raw === null ? NO_RESULT : reply(raw, self));
    return new Command<unknown>(spec, own, result, flags, milliseconds, bytes);
  }
}

/** `CLIENT UNBLOCK` of somebody has the same first word: that is an end which was wanted. */
function isDemotion(error: unknown): boolean {
  return hasPrefix(error, 'UNBLOCKED') && error.message.includes('instance state changed');
}

/** XREAD from `$`: what comes between two rounds would be missed, because each begins at the newest entry. */
function isFromNow({ spec, args }: AnyCommand): boolean {
  return spec.name === 'XREAD' && args.includes('$');
}
