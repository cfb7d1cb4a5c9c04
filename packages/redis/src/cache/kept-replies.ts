import type { AnyCommand } from '@kv/core';
import { ErrorReply, type Reply } from '@kv/resp-parser';
import { type KeptReplies as Kept, prefaceOf } from '../protocol/kept-replies.ts';

/** What keeps replies of one connection. */
export interface ReplyKeeper {
  /** A reply came, and its caller is told of it next. */
  keep(command: AnyCommand, reply: Reply): void;
  /** The server refused the command in front: the reply behind it is not kept. */
  refused(error: ErrorReply): void;
}

/** Tells the keeper of a connection, if it has one, of the replies to commands with `Flag.kept`. */
export class KeptReplies implements Kept {
  keeper: ReplyKeeper | undefined;
  /** The command in front was answered, and how. */
  #answer: 'none' | 'accepted' | 'refused' = 'none';

  /** @returns whether the reply is that of the command in front, so that no caller waits for it */
  takes(command: AnyCommand, reply: Reply): boolean {
    const isError = isErrorReply(reply);
    if (this.#answer === 'none' && prefaceOf(command.spec) !== '') {
      this.#answer = isError ? 'refused' : 'accepted';
      if (isError) this.keeper?.refused(reply);
      return true;
    }
    const isRefused = this.#answer === 'refused';
    this.#answer = 'none';
    if (!isRefused && !isError) this.keeper?.keep(command, reply);
    return false;
  }
}

/** With `instanceof` alone each text takes a call. */
function isErrorReply(reply: Reply): reply is ErrorReply {
  return typeof reply === 'object' && reply instanceof ErrorReply;
}
