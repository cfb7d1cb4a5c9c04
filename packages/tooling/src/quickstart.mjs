// npm run quickstart: install (if needed), build (cached), run the first example. Plain Node, no dependencies.
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { installIfNeeded, root, runNpm } from './install.mjs';
import { fail, run } from './run.mjs';

const example = 'examples/quickstart.mjs';

installIfNeeded();
const published = readdirSync(`${root}/packages`).filter((name) =>
  existsSync(`${root}/packages/${name}/tsup.config.ts`),
);
const isBuilt = published.every((name) => existsSync(`${root}/packages/${name}/dist/index.js`));
if (isBuilt) runNpm('building (quick when nothing changed)', ['run', 'build'], { quiet: true });
else for (const name of published) buildWithoutTypes(name);
if (!existsSync(`${root}/${example}`)) fail(`${example} is not there: nothing to run`);
run(example, process.execPath, [example], { cwd: root });

// The types are three quarters of a first build, and the example does not need them.
function buildWithoutTypes(name) {
  const tsup = `${root}/node_modules/tsup/dist/cli-default.js`;
  const options = { cwd: `${root}/packages/${name}`, quiet: true };
  run(`building @kv/${name}, without types`, process.execPath, [tsup, '--no-dts'], options);
}
