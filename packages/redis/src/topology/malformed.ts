import { ProtocolError } from '@kv/core';

/**
 * A reply that is not what the command answers: a proxy, or a server of another kind. Nothing of the reply is in the
 * message.
 */
export function malformed(command: string, problem: string): ProtocolError {
  return new ProtocolError(`${command}: unexpected reply (${problem})`, { outcome: 'refused', command });
}
