// Compiles one program with several versions of TypeScript, with all checks of libraries on and declarations written;
// 5.2 is the first version with `await using`. Three settings: what the README names and nothing else (TypeScript 6 and 7
// then load no types of Node), the types of Node without those of the DOM, and neither.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const nodenext = { module: 'nodenext' };
const settings = {
  nodenext,
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  'types of Node only': { ...nodenext, lib: ['es2022'], types: ['node'] },
  'types of the language only': { ...nodenext, lib: ['es2022'], types: [] },
};
const tried = {
  5.2: ['nodenext', 'types of the language only'],
  5.4: ['nodenext', 'bundler'],
  '6.0': ['nodenext', 'bundler', 'types of Node only', 'types of the language only'],
  '7.0': ['nodenext', 'bundler', 'types of the language only'],
};
const common = { target: 'es2022', strict: true, skipLibCheck: false, declaration: true, outDir: 'out', rootDir: '.' };

/** Compiles the program once; whether it does. */
function compile(version, name) {
  const home = `node_modules/typescript-${version}`;
  const exact = JSON.parse(readFileSync(`${home}/package.json`, 'utf8')).version;
  writeFileSync(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { ...common, ...settings[name] }, files: ['program.ts'] }),
  );
  const { status, stdout } = spawnSync(process.execPath, [`${home}/bin/tsc`, '-p', '.'], { encoding: 'utf8' });
  const errors = stdout.split('\n').filter((line) => line.includes('error TS')).length;
  console.log(`TypeScript ${exact}, ${name}: ${status === 0 ? 'compiles' : `${errors} errors`}`);
  if (status !== 0) console.log(stdout);
  return status === 0;
}

const attempts = Object.entries(tried).flatMap(([version, names]) => names.map((name) => [version, name]));
const compiled = attempts.filter(([version, name]) => compile(version, name));
process.exitCode = compiled.length < attempts.length ? 1 : 0;
