import {
  type AnyCommand,
  ArgumentError,
  type BatchOptions,
  ClosedError,
  type Endpoint,
  Flag,
  type KvError,
  type Lease,
  type Redirect,
  type SendOptions,
  type Settled,
} from '@kv/core';
import type { SessionLease } from '../client/session.ts';
import { ReplyError } from '../protocol/errors.ts';
import { ASKING } from './cluster-commands.ts';
import type { ClusterRouter } from './cluster-router.ts';
import { commandSlot, NO_SLOT } from './command-slot.ts';
import { redirectOf } from './redirects.ts';

/** Why a session of a cluster is over: a server sent one of its commands to another. */
export interface SentAway {
  /** The server that was named; undefined: the one that the map names. */
  readonly target: Endpoint | undefined;
  /** The slot is on its way to it: each command must say ASKING first. */
  readonly asking: boolean;
  /** Whether it is certain that the command did not run. */
  readonly notRun: boolean;
}

/**
 * A connection to the primary of one slot. Commands with keys of other slots are refused here. When the server sends a
 * command to another, the caller gets the refusal, and nothing more is sent: what was watched counts for nothing there.
 */
export class SlotLease implements SessionLease {
  readonly #lease: Lease;
  readonly #slot: number;
  readonly #cluster: ClusterRouter;
  readonly #asking: boolean;
  #sentAway: SentAway | undefined;

  /** @param asking whether the slot is on its way to the server of this connection */
  constructor(lease: Lease, slot: number, cluster: ClusterRouter, asking: boolean) {
    this.#lease = lease;
    this.#slot = slot;
    this.#cluster = cluster;
    this.#asking = asking;
  }

  get connection(): Lease['connection'] {
    return this.#lease.connection;
  }

  get closed(): boolean {
    return this.#sentAway !== undefined || this.#lease.closed;
  }

  /** Why it is over, when a server sent a command to another. */
  get sentAway(): SentAway | undefined {
    return this.#sentAway;
  }

  async send<T>(command: AnyCommand<T>, options?: SendOptions): Promise<T> {
    this.#check(command);
    if (this.#asking && command.spec.keys !== null) this.#ask();
    try {
      return await this.#lease.send(command, options);
    } catch (error) {
      this.#heard(error, (command.flags & Flag.opaque) === 0);
      throw error;
    }
  }

  async sendAll(commands: readonly AnyCommand[], options: BatchOptions = {}): Promise<Settled[]> {
    try {
      for (const command of commands) this.#check(command);
    } catch (error) {
      return commands.map(() => ({ ok: false, error: error as KvError }));
    }
    if (options.unit !== true) return this.#sendEach(commands, options);
    if (this.#asking) this.#ask();
    const results = await this.#lease.sendAll(commands, options);
    this.#heardUnit(results);
    return results;
  }

  /** Not as a unit: each command is redirected by itself, and says ASKING by itself. */
  async #sendEach(commands: readonly AnyCommand[], options: BatchOptions): Promise<Settled[]> {
    const sent = this.#asking ? commands.flatMap(askingFor) : commands;
    const settled = await this.#lease.sendAll(sent, options);
    for (const [i, result] of settled.entries()) {
      const opaque = ((sent[i] as AnyCommand).flags & Flag.opaque) !== 0;
      if (!result.ok && sent[i] !== ASKING) this.#heard(result.error, !opaque);
    }
    return settled.filter((_, i) => sent[i] !== ASKING);
  }

  reset(options?: SendOptions): Promise<void> {
    return this.#lease.reset(options);
  }

  release(): Promise<void> {
    return this.#lease.release();
  }

  #check(command: AnyCommand): void {
    const { name } = command.spec;
    if (this.#sentAway !== undefined)
      throw new ClosedError(`${name}: the session is over, because its slot has another server`, { command: name });
    const slot = commandSlot(command);
    if (slot === NO_SLOT || slot === this.#slot) return;
    throw new ArgumentError(
      `${name}: its keys are in another slot than the key of the session; keys with the same hash tag, such as {user:1}:a and {user:1}:b, are in one`,
      { command: name },
    );
  }

  /** When it is refused, the command behind it is as well. */
  #ask(): void {
    this.#lease.send(ASKING).catch(() => undefined);
  }

  /** When EXEC was refused, nothing of the transaction ran, whatever its members are. */
  #heardUnit(results: readonly Settled[]): void {
    const last = results.at(-1);
    if (last === undefined || last.ok) return;
    for (const result of results) if (!result.ok) this.#heard(result.error, true);
  }

  #heard(error: unknown, notRun: boolean): void {
    const redirect = error instanceof ReplyError ? redirectOf(error.message) : undefined;
    if (redirect?.kind !== 'moved' && redirect?.kind !== 'once') return;
    this.#sentAway ??= this.#follow(redirect, notRun);
  }

  #follow(redirect: Redirect, notRun: boolean): SentAway {
    const target = this.#cluster.exclusive.refused(this.#slot, redirect, this.connection);
    const asking = redirect.kind === 'once';
    return { target: asking ? target : undefined, asking, notRun };
  }
}

function askingFor(command: AnyCommand): AnyCommand[] {
  return command.spec.keys === null ? [command] : [ASKING, command];
}
