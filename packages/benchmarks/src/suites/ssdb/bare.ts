import type { KeyValueClient, OpenOptions } from '../../suite.ts';
import { BareSockets } from '../bare-sockets.ts';
import { getReplyLength, request, setReplyLength } from './wire.ts';

/** As many sockets as calls in flight, one request on each. */
export async function open(options: OpenOptions): Promise<KeyValueClient> {
  const sockets = await BareSockets.open(options, options.depth);
  return {
    get: (key) => sockets.exchange(request('get', key), getReplyLength),
    set: (key, value) => sockets.exchange(request('set', key, value), setReplyLength),
    close: () => sockets.close(),
  };
}

/** One socket, and a call waits for the one before: what a blocking client costs. */
export async function openOneAtATime(options: OpenOptions): Promise<KeyValueClient> {
  const sockets = await BareSockets.open(options, 1);
  let last: Promise<unknown> = Promise.resolve();
  const queued = (bytes: Buffer, replyLength: number): Promise<unknown> => {
    last = last.then(() => sockets.exchange(bytes, replyLength));
    return last;
  };
  return {
    get: (key) => queued(request('get', key), getReplyLength),
    set: (key, value) => queued(request('set', key, value), setReplyLength),
    close: () => sockets.close(),
  };
}
