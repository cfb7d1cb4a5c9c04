import { isKvError, type KvError } from '@kv/core';

/** Whether trying again is of no use: a refused login or a wrong option stays what it is. */
export function isFinal(error: KvError): boolean {
  return isRefusal(error) || isRefusal(error.cause);
}

function isRefusal(error: unknown): boolean {
  return isKvError(error) && (error.code === 'REPLY' || error.code === 'ARGUMENT');
}
