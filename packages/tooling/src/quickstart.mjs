// npm run quickstart: install (if needed), build (what has changed), run the first example. Plain Node, no dependencies.
import { existsSync, readdirSync, statSync } from 'node:fs';
import process from 'node:process';
import { installIfNeeded, root } from './install.mjs';
import { fail, run } from './run.mjs';

const example = 'examples/quickstart.mjs';

installIfNeeded();
const published = readdirSync(`${root}/packages`).filter((name) =>
  existsSync(`${root}/packages/${name}/tsup.config.ts`),
);
for (const name of published) if (!isBuilt(name)) buildWithoutTypes(name);
if (!existsSync(`${root}/${example}`)) fail(`${example} is not there: nothing to run`);
run(example, process.execPath, [example], { cwd: root });

// Built since its sources were changed last.
function isBuilt(name) {
  const folder = `${root}/packages/${name}`;
  if (!existsSync(`${folder}/dist/index.js`)) return false;
  const builtAt = statSync(`${folder}/dist/index.js`).mtimeMs;
  const sources = readdirSync(`${folder}/src`, { recursive: true, encoding: 'utf8' });
  return sources.every((file) => statSync(`${folder}/src/${file}`).mtimeMs <= builtAt);
}

// The types are three quarters of a first build, and the example does not need them.
function buildWithoutTypes(name) {
  const tsup = `${root}/node_modules/tsup/dist/cli-default.js`;
  const options = { cwd: `${root}/packages/${name}`, quiet: true };
  run(`building @kv/${name}, without types`, process.execPath, [tsup, '--no-dts'], options);
}
