import { type ClientSetup, commonSetup, type RouterHost } from '@kv/core';
import { RedisProtocol } from '../protocol/protocol.ts';
import { ANSWER_TIMEOUT, SentinelLink } from '../topology/sentinel-link.ts';
import { SentinelRouter } from '../topology/sentinel-router.ts';
import { reachableServer } from '../topology/server-access.ts';
import type { TopologyInput } from '../topology/topology-input.ts';
import { readLogin } from './login-options.ts';
import type { ReadOptions, RedisClientOptions } from './options.ts';

/** Waits between attempts to connect to a sentinel, ms: the others answer meanwhile. */
const BACKOFF = { min: 50, max: 1000 };

/** A sentinel is asked every 10 s; one that says nothing is found out before. */
const LIVENESS = { idle: 5000, grace: ANSWER_TIMEOUT };

/** Finds the primary by asking sentinels. */
export function sentinelRouter(
  host: RouterHost,
  { options, login }: ReadOptions<RedisClientOptions>,
  { seeds, name: primaryName = '', tls }: TopologyInput,
): SentinelRouter {
  const { name = 'redis', natMap, tlsName, sentinel: access = {} } = options;
  const ownLogin = { resp: login.resp, ...readLogin(access), name: access.name, db: 0 };
  const ownTls = access.tls === undefined ? tls : access.tls === true ? {} : access.tls || undefined;
  const seedHost = seeds[0]?.host;
  return new SentinelRouter(host, {
    seeds,
    primaryName,
    tls,
    natMap,
    tlsName,
    seedHost,
    name,
    replicaProtocol: new RedisProtocol({ login, limits: options.limits, role: 'replica' }),
    link: (address, hint) =>
      new SentinelLink({
        address,
        name: primaryName,
        hint,
        client: {
          ...commonSetup({ timeout: ANSWER_TIMEOUT, connectTimeout: ANSWER_TIMEOUT, retry: 'never' }, 'redis'),
          name: `${name}:sentinel`,
          backoff: BACKOFF,
          liveness: LIVENESS,
          protocol: new RedisProtocol({ login: { ...ownLogin } }),
          ...reachableServer(address, { tls: ownTls, natMap, tlsName, seedHost }),
          pools: ONE_OF_EACH,
        },
      }),
  });
}

const ONE_OF_EACH: ClientSetup['pools'] = {
  shared: { minSize: 1, maxSize: 1 },
  sessions: 'shared',
  blocking: { minSize: 0, maxSize: 1 },
  streams: { minSize: 0, maxSize: 1 },
};
