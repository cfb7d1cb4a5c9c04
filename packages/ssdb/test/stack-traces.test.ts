import { startEmbedded } from '@kv/embedded';
import { stackSuite } from '@kv/testkit/stack-suite';
import { command, createSsdb } from '../src/index.ts';

stackSuite({
  refused: async (stackTraces) => {
    const servers = await startEmbedded({ ssdb: true });
    const ssdb = createSsdb(servers.ssdb.address, { stackTraces });
    const close = async (): Promise<void> => {
      await ssdb.close();
      await servers.close();
    };
    return {
      client: { call: () => ssdb.send(command('qset', 'q', 5, 'x') as never), close },
      raw: { call: () => ssdb.execute('qset', 'q', '5', 'x'), close },
    };
  },
  silent: (port, stackTraces) => {
    const ssdb = createSsdb({ host: '127.0.0.1', port }, { stackTraces, timeout: 50 });
    return { call: () => ssdb.get('a'), close: () => ssdb.close({ timeout: 0 }) };
  },
});
