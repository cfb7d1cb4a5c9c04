/** The projects whose own tests run with `@kv/ioredis` in place of ioredis, each with the program that they use. */

/** Text that is replaced in a file before the tests run. */
export interface Change {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

/** Another project whose tests run as they are, with `@kv/ioredis` in place of ioredis. */
export interface ForeignProject {
  /** A repository, and a commit or tag of it. */
  readonly source: { readonly git: string; readonly at: string };
  /** Files and folders that are taken from there. */
  readonly keep: readonly string[];
  /** Packages that they need. */
  readonly packages: readonly string[];
  readonly changes?: readonly Change[];
  /** What is run, in the folder of the project. A `redis-server` listens on port 6379 meanwhile. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const MOCHA = ['node_modules/mocha/bin/_mocha', '--exit', '--timeout', '8000', '--require', './register.cjs'];

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
        by: `const again = (argv: string[]) => this.handler && this.handler(argv, c, flags);
          const handlerResult = require("../../real-answers.cjs").answer(reply, again(reply), MockServer.raw, again);`,
      },
      {
        file: 'test/helpers/global.ts',
        text: '.exec(done);',
        by: '.exec(() => done());',
      },
    ],
    command: [...MOCHA, 'test/helpers/*.ts', 'test/functional/**/*.ts'],
    env: { NODE_ENV: 'test' },
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
    command: [...MOCHA, 'src/test/tests.ts', 'src/test/integration-tests.ts', '--grep', 'Cluster', '--invert'],
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
      'uid2@1.0.0',
    ],
    command: [...MOCHA, 'test/test-runner.ts', '--grep', 'ioredis standalone'],
  },
};
