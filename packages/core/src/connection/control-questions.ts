/** What can be found out about a connection without using it. */

import type { AnyCommand } from '../command/command.ts';
import { ConnectionError } from '../errors.ts';
import { clearTimeout, setTimeout } from '../timers.ts';
import { withTls } from '../transport/address.ts';
import type { Address, Connect, TransportEvents } from '../transport/transport.ts';
import type { SetupOf } from './connection-setup.ts';
import type { Wire } from './protocol.ts';

/**
 * Asks the server on a control connection whether it still serves the connection of this wire; `undefined`: there is no
 * control connection.
 */
export function askOnControl(
  setup: Pick<SetupOf<unknown>, 'protocol' | 'sendOnControl'>,
  wire: Wire,
  timeout: number,
): Promise<boolean> | undefined {
  if (setup.sendOnControl === undefined) return undefined;
  const ask = <T>(command: AnyCommand<T>): Promise<T> =>
    (setup as Required<typeof setup>).sendOnControl(command, { timeout, retry: 'never' });
  if (wire.isAlive !== undefined) return wire.isAlive(ask);
  return ask(setup.protocol.ping).then(() => true); // the server is well; about this connection it cannot say anything
}

/** Whether the server accepts a further connection within `timeout` ms. It may be too busy to say anything on it. */
export async function isReachable(
  { address, connect }: { readonly address: Address; readonly connect: Connect },
  timeout: number,
): Promise<boolean> {
  const attempt = new AbortController();
  const timer = setTimeout(() => attempt.abort(new ConnectionError('Not reachable')), timeout);
  try {
    const transport = await connect(withTls(address, false), IGNORED_EVENTS, attempt.signal);
    transport.destroy();
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** For a transport of which nothing is wanted but that it can be opened. */
const IGNORED_EVENTS: TransportEvents = { data: () => undefined, drain: () => undefined, close: () => undefined };
