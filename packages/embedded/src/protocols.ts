import type { Clock } from './clock.ts';
import type { GibsonLimits } from './gibson/limits.ts';
import { GibsonServer } from './gibson/server.ts';
import type { Service } from './peer.ts';
import { RedisServer, type RedisSettings } from './redis/server.ts';
import { SsdbServer, type SsdbSettings } from './ssdb/server.ts';

/** The protocols that can be served. */
export type EmbeddedProtocol = 'redis' | 'ssdb' | 'gibson';

/** What each server can be told. */
export interface ServiceOptions {
  readonly redis: RedisSettings;
  readonly ssdb: SsdbSettings;
  readonly gibson: Partial<GibsonLimits>;
}

/** The port that clients expect. */
export const defaultPorts: Readonly<Record<EmbeddedProtocol, number>> = { redis: 6379, ssdb: 8888, gibson: 10128 };

const makers: { readonly [P in EmbeddedProtocol]: (clock: Clock, options: ServiceOptions[P] | undefined) => Service } =
  {
    redis: (clock, options) => new RedisServer(clock, options),
    ssdb: (clock, options) => new SsdbServer(clock, options),
    gibson: (clock, options) => new GibsonServer(clock, options),
  };

/** A fresh, empty server of one protocol, without sockets. */
export function createService<P extends EmbeddedProtocol>(
  protocol: P,
  clock: Clock,
  options?: ServiceOptions[P],
): Service {
  return makers[protocol](clock, options);
}
