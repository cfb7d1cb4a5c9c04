/** The projects whose own tests run with `@kv/ioredis` in place of ioredis, each with the program that they use. */

/** Text that is replaced in a file before the tests run. */
export interface Change {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

/** Another project whose tests run as they are, with `@kv/ioredis` in place of ioredis. */
export interface ForeignProject {
  /** A repository, a commit or tag of it, and the folder of it that paths are relative to, when it is not the root. */
  readonly source: { readonly git: string; readonly at: string; readonly folder?: string };
  /** Files and folders that are taken from there. */
  readonly keep: readonly string[];
  /** Packages that they need. */
  readonly packages: readonly string[];
  readonly changes?: readonly Change[];
  /**
   * Servers that run meanwhile: one on port 6379 or where REDIS_HOST and REDIS_PORT say, further ones, whose ports are in
   * SERVERS, and clusters of three primaries, with the port of a node of each in CLUSTERS.
   */
  readonly needs?: { readonly port?: 'free'; readonly servers?: number; readonly clusters?: number };
  /** What is run, in the folder of the project. */
  readonly command: readonly string[];
  /**
   * The folder of the test files, each of which is a run of its own. What fails is compared with `differences.json` in
   * `foreign/NAME`.
   */
  readonly each?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const MOCHA = ['node_modules/mocha/bin/_mocha', '--exit', '--timeout', '8000', '--require', './register.cjs'];

/** The hosts of a file become servers here: the ports that a variable of the environment lists. */
function onPorts(file: string, variable: string, hosts: readonly string[]): Change[] {
  return hosts.map((host, index) => ({
    file,
    text: `host: "${host}"`,
    by: `port: Number(process.env.${variable}?.split(',')[${index}])`,
  }));
}

/** Projects that run as they are. */
export const projects: Readonly<Record<string, ForeignProject>> = {
  ioredis: {
    source: { git: 'https://github.com/redis/ioredis', at: 'dfd542824dfb7168420f19fdfabe9fe1156efe10' },
    keep: ['lib', 'test/functional', 'test/helpers'],
    packages: [
      '@ioredis/commands@2.0.0',
      'chai@4.5.0',
      'chai-as-promised@7.1.2',
      'cluster-key-slot@1.1.1',
      'debug@4.4.3',
      'denque@2.1.0',
      'mocha@11.7.6',
      'redis-errors@1.2.0',
      'server-destroy@1.0.1',
      'sinon@13.0.2',
      'standard-as-callback@2.1.0',
    ],
    changes: [
      {
        file: 'test/helpers/mock_server.ts',
        text: 'reply = convertBufferToString(reply, "utf8");',
        by: 'reply = require("../../real-answers.cjs").asked(convertBufferToString(reply, "utf8"));',
      },
      {
        file: 'test/helpers/mock_server.ts',
        text: 'const handlerResult = this.handler && this.handler(reply, c, flags);',
        by: `const again = (argv: string[]) => (this.handler ? this.handler(argv, c, flags) : undefined);
          const handlerResult = require("../../real-answers.cjs").answer(reply, again(reply), MockServer.raw, again);`,
      },
      {
        file: 'test/helpers/global.ts',
        text: '.exec(done);',
        by: '.exec(() => done());',
      },
    ],
    command: [...MOCHA, 'test/helpers/*.ts'],
    each: 'test/functional',
    env: { NODE_ENV: 'test' },
  },
  redlock: {
    source: { git: 'https://github.com/mike-marcacci/node-redlock', at: 'afe5cf92c8247ba7b65b4ae36230f415493c44f0' },
    keep: ['src'],
    packages: ['ava@5.3.1', 'node-abort-controller@3.1.1', 'tsx@4.23.15'],
    changes: [
      { file: 'src/single.test.ts', text: 'host: "127.0.0.1"', by: 'port: 1' },
      ...onPorts('src/single.test.ts', 'SERVERS', ['redis-single-instance']),
      ...onPorts('src/single.test.ts', 'CLUSTERS', ['redis-single-cluster-1']),
      ...onPorts(
        'src/multi.test.ts',
        'SERVERS',
        ['a', 'b', 'c'].map((name) => `redis-multi-instance-${name}`),
      ),
      ...onPorts(
        'src/multi.test.ts',
        'CLUSTERS',
        ['a', 'b', 'c'].map((name) => `redis-multi-cluster-${name}-1`),
      ),
    ],
    needs: { port: 'free', servers: 3, clusters: 3 },
    command: ['node_modules/ava/entrypoints/cli.mjs', '--verbose', '--serial', '--concurrency=1'],
  },
  bentocache: {
    source: {
      git: 'https://github.com/Julien-R44/bentocache',
      at: 'c513aef166e13c60be13f5c7571ab6ee96c94dbe',
      folder: 'packages/bentocache',
    },
    keep: ['src', 'factories', 'tests', 'bin', 'index.ts'],
    packages: [
      '@boringnode/bus@0.9.0',
      '@japa/assert@4.2.0',
      '@japa/expect-type@2.0.4',
      '@japa/file-system@2.3.2',
      '@japa/runner@4.4.0',
      '@julr/utils@1.9.0',
      '@poppinss/exception@1.2.3',
      'async-mutex@0.5.0',
      'dayjs@1.11.19',
      'dotenv@17.2.3',
      'emittery@1.2.0',
      'lru-cache@11.2.4',
      'p-event@7.0.1',
      'p-timeout@7.0.1',
      'pino@10.1.0',
      'pino-loki@3.0.0',
      'superjson@2.2.6',
      'tsx@4.23.15',
    ],
    changes: [
      {
        file: 'bin/test.ts',
        text: "'tests/drivers/**/*.spec.ts'",
        by: "'tests/drivers/{redis,valkey,memory,file}.spec.ts'",
      },
      ...['tests/drivers/redis.spec.ts', 'tests/bus/bus.spec.ts'].map((file) => ({
        file,
        text: 'port: 7000',
        by: 'port: Number(process.env.CLUSTERS)',
      })),
      { file: 'tests/helpers/index.ts', text: 'process.env.VALKEY_PORT', by: 'process.env.SERVERS' },
      ...['=', '??='].map((sets) => ({
        file: 'factories/cache_factory.ts',
        text: `l2Driver ${sets} new RedisDriver({ connection: { host: '127.0.0.1', port: 6379 } })`,
        by: `l2Driver ${sets} new RedisDriver({ connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } })`,
      })),
    ],
    needs: { port: 'free', servers: 1, clusters: 1 },
    command: ['--import', 'tsx', 'bin/test.ts', '--force-exit'],
  },
  'rate-limiter-flexible': {
    source: {
      git: 'https://github.com/animir/node-rate-limiter-flexible',
      at: '3c9c826248cd470960740c89e25a1277dc98fbf4',
    },
    keep: [
      'index.js',
      'lib',
      'test/RateLimiterRedis.ioredis.test.js',
      'test/RateLimiterRedisNonAtomic.ioredis.test.js',
    ],
    packages: ['chai@4.5.0', 'mocha@11.7.6', 'sinon@17.0.2'],
    command: [...MOCHA, 'test/*.js'],
  },
  'graphql-redis-subscriptions': {
    source: {
      git: 'https://github.com/davidyaha/graphql-redis-subscriptions',
      at: '537c79d3ec173e4322ce01da78610cc43faacc22',
    },
    keep: ['src'],
    packages: [
      'chai@4.5.0',
      'chai-as-promised@7.1.2',
      'graphql@16.11.0',
      'graphql-subscriptions@3.0.0',
      'mocha@11.7.6',
      'simple-mock@0.8.0',
    ],
    changes: [
      {
        file: 'src/test/integration-tests.ts',
        text: '[7006, 7001, 7002, 7003, 7004, 7005]',
        by: '[Number(process.env.CLUSTERS)]',
      },
    ],
    needs: { clusters: 1 },
    // In the order of their names, as the project runs them: tests.ts takes away the spies of the other file.
    command: [...MOCHA, 'src/test/integration-tests.ts', 'src/test/tests.ts'],
  },
  'socket.io': {
    source: {
      git: 'https://github.com/socketio/socket.io-redis-adapter',
      at: '6649a78ec8c6dcfdd0a18a5e2ad462667ad146cd',
    },
    keep: ['lib', 'test'],
    packages: [
      'debug@4.4.3',
      'expect.js@0.3.1',
      'mocha@11.7.6',
      'notepack.io@3.0.1',
      'redis@5.10.0',
      'redis-v3@npm:redis@3.1.2',
      'socket.io@4.8.4',
      'socket.io-adapter@2.5.6',
      'socket.io-client@4.8.4',
      'typescript@4.9.5', // a later one exports createAdapter before the module replaces its exports
      'uid2@1.0.0',
    ],
    changes: ['new Cluster(clusterNodes)', 'new Cluster(clusterNodes,'].map((text) => ({
      file: 'test/test-runner.ts',
      text,
      by: text.replace('clusterNodes', '[{ port: Number(process.env.CLUSTERS) }]'),
    })),
    needs: { clusters: 1 },
    command: [...MOCHA, 'test/test-runner.ts', '--grep', 'ioredis'],
  },
};
