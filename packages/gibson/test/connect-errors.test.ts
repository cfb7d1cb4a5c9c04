import { connectErrorSuite } from '@kv/testkit/connect-error-suite';
import { createGibson } from '../src/index.ts';

connectErrorSuite((target, timeout) => createGibson(target, { timeout }));
