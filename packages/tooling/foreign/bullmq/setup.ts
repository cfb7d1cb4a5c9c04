/** Gives the tests our client wherever they ask for one. */
import { testClient } from './client.ts';

const { setConnectionFactory } = (await import('./tests/utils/connection-factory.ts' as string)) as {
  setConnectionFactory(factory: typeof testClient): void;
};
setConnectionFactory(testClient);
