/** The test that comes in the package connect-redis, with our store of sessions in its place. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assemble, type ForeignSuite, suites } from '../src/foreign-suites.ts';

const folder = assemble('connect-redis', suites['connect-redis'] as ForeignSuite);
await import(pathToFileURL(join(folder, 'suite.ts')).href);
