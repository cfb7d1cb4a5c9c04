export type { BullClient } from './client.ts';
export { bullClient, bullClientFactory } from './factory.ts';
export type { BullOptions } from './options.ts';
