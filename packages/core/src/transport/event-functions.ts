import type { TransportEvents } from './transport.ts';

/** The same events as functions that need no `this`, for those who copy them or take them apart: transports of users may. */
export function eventFunctions(on: TransportEvents): TransportEvents {
  return {
    data: (bytes) => on.data(bytes),
    room: () => on.room?.(),
    filled: (length) => on.filled?.(length),
    drain: () => on.drain(),
    close: (error) => on.close(error),
    phase: (name) => on.phase?.(name),
  };
}
