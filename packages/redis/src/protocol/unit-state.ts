import { ConnectionError } from '@kv/core';
import { text } from '../commands/support/replies.ts';
import { hasPrefix } from './errors.ts';

/** Whether a connection is between MULTI and EXEC, by what the server answered to those of the client's own units. */
export class UnitState {
  #queuing = false;

  /** Notes an answer to MULTI or EXEC. Returns why the connection may still queue what it gets, if it may. */
  answered(name: string, answer: unknown): ConnectionError | undefined {
    if (name === 'MULTI') {
      this.#queuing = beginsQueuing(answer);
      return undefined;
    }
    const doubtful = this.#queuing && !endsQueuing(answer);
    this.#queuing = false;
    return doubtful ? new ConnectionError(`${name}: the connection may still be inside MULTI`) : undefined;
  }
}

/** The reply to a command between MULTI and EXEC. */
export function isQueued(reply: unknown): boolean {
  return (typeof reply === 'string' || reply instanceof Uint8Array) && text(reply) === 'QUEUED';
}

/** A refused MULTI begins nothing, unless it was refused because one has begun. */
function beginsQueuing(answer: unknown): boolean {
  return !(answer instanceof Error) || /\bnested\b/i.test(answer.message);
}

function endsQueuing(answer: unknown): boolean {
  if (hasPrefix(answer, 'EXECABORT', 'MOVED', 'ASK', 'TRYAGAIN', 'CROSSSLOT', 'CLUSTERDOWN')) return true;
  if (answer instanceof Error) return /\bEXEC without MULTI\b/i.test(answer.message);
  return answer === null || Array.isArray(answer);
}
