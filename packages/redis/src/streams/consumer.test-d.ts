import type { KvError } from '@kv/core';
import { expectTypeOf, test } from 'vitest';
import { createRedis } from '../client/create-redis.ts';

test('a listener knows what kind of error a read or a handler can end with', () => {
  const worker = createRedis().consumer({ stream: 's', group: 'g', name: 'n' });
  worker.on('error', (error) => expectTypeOf(error).toEqualTypeOf<KvError>());
  worker.on('failed', (_, error) => expectTypeOf(error).toBeUnknown());
});
