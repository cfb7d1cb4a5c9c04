// npm test: install (if needed), see to a redis-server, run the unit, integration and type tests. No build needed.
// Arguments go to vitest: `npm test -- packages/core`. Plain Node, no dependencies.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { findRedisServer } from './find-redis-server.mjs';
import { installIfNeeded, root } from './install.mjs';
import { run } from './run.mjs';
import { reportFile } from './test-report.mjs';

installIfNeeded();
findRedisServer();

rmSync(reportFile, { force: true });
mkdirSync(dirname(reportFile), { recursive: true });
const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
run('vitest', process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...report, ...process.argv.slice(2)], {
  cwd: root,
});
