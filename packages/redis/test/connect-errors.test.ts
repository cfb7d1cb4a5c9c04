import { connectErrorSuite } from '@kv/testkit/connect-error-suite';
import { createRedis } from '../src/index.ts';

connectErrorSuite((target, timeout) => createRedis(target, { timeout }));
