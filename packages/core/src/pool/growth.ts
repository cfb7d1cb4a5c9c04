/** What a pool has and wants. */
export interface Demand {
  /** Requests that wait for a connection, and how many of them for exclusive use. */
  readonly waiting: { readonly length: number; readonly exclusive: number };
  /** Commands that one connection takes. */
  readonly window: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** Connections that work. */
  readonly size: number;
  /** Connections that are being made. */
  readonly opening: number;
  /** Whether the last attempt failed, or the last connection was lost. */
  readonly isAway: boolean;
}

/** How many connections to open now: as many as are wanted, but only one while the server is away. It shows the way. */
export function connectionsToOpen({ waiting, window, minSize, maxSize, size, opening, isAway }: Demand): number {
  const wanted = Math.max(connectionsFor(waiting, window), minSize - size) - opening;
  const most = isAway && size === 0 ? 1 - opening : Number.POSITIVE_INFINITY;
  return Math.max(Math.min(wanted, maxSize - size - opening, most), 0);
}

/** How many connections what waits would fill. */
function connectionsFor({ length, exclusive }: Demand['waiting'], window: number): number {
  if (length === exclusive) return exclusive;
  return exclusive + Math.max(Math.ceil((length - exclusive) / window), 1);
}
