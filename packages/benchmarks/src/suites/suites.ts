import type { ClientUnderTest, Suite, Workload } from '../suite.ts';
import { gibson } from './gibson/suite.ts';
import { redis } from './redis/suite.ts';
import { ssdb } from './ssdb/suite.ts';

/** What every suite's clients have. */
interface Closable {
  close(): Promise<void> | void;
}

/** Rows and columns of a suite, without what its clients can. */
export interface BasicSuite {
  readonly workloads: readonly { readonly name: string; readonly title: string }[];
  readonly clients: readonly Pick<ClientUnderTest<never>, 'name' | 'title' | 'runtime'>[];
}

/** Rows and columns of the suite of that name. */
export function basicSuite(name: string): BasicSuite {
  return withSuite(name, ({ workloads, clients }): BasicSuite => ({ workloads, clients }));
}

/** Code that works with the clients of any suite. */
export type UseSuite<T> = <C extends Closable, W extends Workload<C>>(suite: Suite<C, W>) => T;

/** All suites. */
export const suiteNames: readonly string[] = ['redis', 'ssdb', 'gibson'];

/** Hands the suite of that name to code that is generic over its clients; throws for a name that is none. */
export function withSuite<T>(name: string, use: UseSuite<T>): T {
  switch (name) {
    case 'redis':
      return use(redis);
    case 'ssdb':
      return use(ssdb);
    case 'gibson':
      return use(gibson);
    default:
      throw new Error(`--suite: there is no ${name}; there are redis, ssdb, gibson`);
  }
}
