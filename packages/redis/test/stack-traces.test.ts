import { startEmbedded } from '@kv/embedded';
import { stackSuite } from '@kv/testkit/stack-suite';
import { createPool, createRedis } from '../src/index.ts';

stackSuite({
  refused: async (stackTraces) => {
    const servers = await startEmbedded({ redis: true });
    const redis = createRedis(servers.redis.address, { stackTraces });
    const pool = await createPool(servers.redis.address, { stackTraces });
    await redis.set('a', 'text');
    const session = await redis.session();
    const close = async (): Promise<void> => {
      await Promise.all([session.release(), redis.close(), pool.close()]);
      await servers.close();
    };
    const member = (batch: { incr(key: string): Promise<unknown>; execute(): Promise<unknown> }): Promise<unknown> => {
      const incremented = batch.incr('a');
      void batch.execute().catch(() => undefined);
      return incremented;
    };
    return {
      client: { call: () => redis.incr('a'), close },
      view: { call: () => redis.with({ bytes: true }).incr('a'), close },
      pool: { call: () => pool.incr('a'), close },
      session: { call: () => session.incr('a'), close },
      pipeline: { call: () => member(redis.pipeline()), close },
      raw: { call: () => redis.execute('INCR', 'a'), close },
    };
  },
  silent: (port, stackTraces) => {
    const redis = createRedis({ host: '127.0.0.1', port }, { stackTraces, timeout: 50 });
    return { call: () => redis.get('a'), close: () => redis.close({ timeout: 0 }) };
  },
});
