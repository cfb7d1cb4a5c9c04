import {
  type AnyCommand,
  Command,
  type Connection,
  ConnectionError,
  type Endpoint,
  isKvError,
  type KvError,
  spec,
} from '@kv/core';
import type { ErrorReply, Reply } from '@kv/resp-parser';
import { text } from '../commands/support/replies.ts';
import { replyError } from '../protocol/errors.ts';
import type { RedisWire } from '../protocol/wire.ts';
import type { KeptReplies, ReplyKeeper } from './kept-replies.ts';
import { trackedOf } from './tracked-command.ts';

const TRACKING = spec('CLIENT TRACKING', 0);

/** Asks the server to tell a connection of changes. Rejects when the connection is lost; a refusal is returned. */
export async function startTracking(connection: Connection, options: readonly string[]): Promise<KvError | undefined> {
  if ((connection.wire as RedisWire).resp !== 3)
    return new ConnectionError('CLIENT TRACKING: the server does not speak RESP3');
  try {
    await connection.sendInternal(new Command(TRACKING, ['ON', ...options], text));
    return undefined;
  } catch (error) {
    if (isKvError(error) && error.code === 'REPLY') return error;
    throw error;
  }
}

/** Who is told what a tracked connection says. */
export interface TrackingOwner {
  /** CLIENT CACHING was refused. */
  refused(source: TrackedConnection, error: KvError): void;
  lost(source: TrackedConnection, error: KvError): void;
}

/** A connection whose server tells of changes. What was read on it is certain as long as it is. */
export class TrackedConnection implements ReplyKeeper {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  readonly #kept: KeptReplies;
  readonly #owner: TrackingOwner;

  constructor(connection: Connection, endpoint: Endpoint, kept: KeptReplies, owner: TrackingOwner) {
    this.connection = connection;
    this.endpoint = endpoint;
    this.#owner = owner;
    connection.onClosed = (error) => owner.lost(this, error);
    kept.keeper = this;
    this.#kept = kept;
  }

  keep(command: AnyCommand, reply: Reply): void {
    trackedOf(command)?.keep(reply, this);
  }

  /** A user without the right to it will not get it; a server that is busy with a script refuses everything for a while. */
  refused(error: ErrorReply): void {
    if (error.code !== 'NOPERM' && error.code !== 'ERR') return;
    this.#kept.keeper = undefined;
    this.#owner.refused(this, replyError(error, undefined));
  }
}
