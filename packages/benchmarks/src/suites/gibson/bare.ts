import type { KeyValueClient, OpenOptions } from '../../suite.ts';
import { BareSockets } from '../bare-sockets.ts';
import { getRequest, replyLength, setRequest } from './wire.ts';

/** As many sockets as calls in flight, one request on each. */
export async function open(options: OpenOptions): Promise<KeyValueClient> {
  const sockets = await BareSockets.open(options, options.depth);
  return {
    get: (key) => sockets.exchange(getRequest(key), replyLength),
    set: (key, value) => sockets.exchange(setRequest(key, value), replyLength),
    close: () => sockets.close(),
  };
}
