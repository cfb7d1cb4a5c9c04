import { expect, it } from 'vitest';
import { clientOptions } from '../src/options.ts';

it('leaves the defaults for BullMQ in place of options that are undefined', () => {
  const none = { timeout: undefined, connections: undefined, library: undefined };
  expect(clientOptions(none)).toEqual(clientOptions({}));
  expect(clientOptions({})).toMatchObject({ timeout: 30_000, connections: 'one', library: { name: 'kv-bullmq' } });
  expect(clientOptions({ ...none, timeout: 5 })).toMatchObject({ timeout: 5, connections: 'one' });
});
