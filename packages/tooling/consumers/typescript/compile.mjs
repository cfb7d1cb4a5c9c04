// Compiles one program with several versions of TypeScript, with the settings that the README names and all checks of
// libraries on; 5.2 is the first version with `await using`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const nodenext = { module: 'nodenext' };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };
const common = { target: 'es2022', strict: true, skipLibCheck: false, declaration: true, outDir: 'out', rootDir: '.' };
const attempts = [
  { version: '5.2', options: nodenext },
  { version: '5.4', options: nodenext },
  { version: '5.4', options: bundler },
];

let failed = 0;
for (const { version, options } of attempts) {
  const home = `node_modules/typescript-${version}`;
  const exact = JSON.parse(readFileSync(`${home}/package.json`, 'utf8')).version;
  writeFileSync('tsconfig.json', JSON.stringify({ compilerOptions: { ...common, ...options }, files: ['program.ts'] }));
  const { status, stdout } = spawnSync(process.execPath, [`${home}/bin/tsc`, '-p', '.'], { encoding: 'utf8' });
  const errors = stdout.split('\n').filter((line) => line.includes('error TS')).length;
  console.log(`TypeScript ${exact}, module ${options.module}: ${status === 0 ? 'compiles' : `${errors} errors`}`);
  if (status !== 0) console.log(stdout);
  failed += Number(status !== 0);
}
process.exitCode = failed > 0 ? 1 : 0;
