import { connectErrorSuite } from '@kv/testkit/connect-error-suite';
import { createSsdb } from '../src/index.ts';

connectErrorSuite((target, timeout) => createSsdb(target, { timeout }));
