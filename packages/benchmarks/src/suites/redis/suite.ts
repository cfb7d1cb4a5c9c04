import { runChild } from '../../run/child-process.ts';
import type { Suite } from '../../suite.ts';
import { clients } from './clients.ts';
import type { RedisClient } from './redis-client.ts';
import { startServer } from './servers.ts';
import { targets } from './targets.ts';
import { type RedisWorkload, workloads } from './workloads.ts';

/** Redis clients, each run against a fresh server of its own. */
export const redis: Suite<RedisClient, RedisWorkload> = {
  name: 'redis',
  title: 'Redis clients compared',
  clients,
  workloads,
  server: startServer,
  serverVersion: async () => {
    const { stdout } = await runChild('redis-server', ['--version'], 10);
    return ['redis-server', /v=(\S+)/.exec(stdout)?.[1] ?? 'unknown'];
  },
  targets,
};
