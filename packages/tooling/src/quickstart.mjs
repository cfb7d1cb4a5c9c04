// npm run quickstart: install (if needed), build (cached), run the first example. Plain Node, no dependencies.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { installIfNeeded, root, runNpm } from './install.mjs';
import { fail, run } from './run.mjs';

const example = 'examples/quickstart.mjs';

installIfNeeded();
runNpm('building (quick when nothing changed)', ['run', 'build'], { quiet: true });
if (!existsSync(`${root}/${example}`)) fail(`${example} is not there: nothing to run`);
run(example, process.execPath, [example], { cwd: root });
