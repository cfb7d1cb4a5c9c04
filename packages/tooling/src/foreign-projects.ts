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
};
