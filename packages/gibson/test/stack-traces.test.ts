import { startEmbedded } from '@kv/embedded';
import { stackSuite } from '@kv/testkit/stack-suite';
import { createGibson } from '../src/index.ts';

stackSuite({
  refused: async (stackTraces) => {
    const servers = await startEmbedded({ gibson: true });
    const gibson = createGibson(servers.gibson.address, { stackTraces });
    await gibson.set('a', 'text');
    const close = async (): Promise<void> => {
      await gibson.close();
      await servers.close();
    };
    return {
      client: { call: () => gibson.inc('a'), close },
      view: { call: () => gibson.with({ bytes: true }).inc('a'), close },
    };
  },
  silent: (port, stackTraces) => {
    const gibson = createGibson({ host: '127.0.0.1', port }, { stackTraces, timeout: 50 });
    return { call: () => gibson.get('a'), close: () => gibson.close({ timeout: 0 }) };
  },
});
