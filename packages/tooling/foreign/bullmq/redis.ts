/** In place of the client of node-redis that the conformance suite makes, and of BullMQ's adapter for it. */
import type { BullClient } from '@kv/bullmq';
import { testClient } from './client.ts';

/** Our client. */
export function createClient(): BullClient {
  return testClient();
}

/** It needs no adapter. */
export function createNodeRedisClient(client: BullClient): BullClient {
  return client;
}
