// Packs every public package and uses the tarballs as a stranger would: a fresh project, ESM, CJS, TypeScript.
// Nothing is fetched: family packages come from their tarballs, tsc, @types/node and the libraries that adapters are for
// from this repository. Needs a build.
//
//   npm pack ─▶ *.tgz ─▶ npm install --offline ─▶ tsc: nodenext (ESM, CJS), bundler ─▶ node: ESM, CJS, npx, bundles
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';
import { root } from './install.mjs';
import { packAll, publicPackages, npm as runNpm, tarballDependencies, targets } from './packed-packages.mjs';

const programs = join(root, 'packages/tooling/consumers/node');
const project = mkdtempSync(join(tmpdir(), 'kv-consumer-'));
const problems = [];

/** Runs a program in the fresh project; a failure is noted with its output. Returns what it printed. */
function sh(title, file, args) {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: project, encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) problems.push(`${title}:\n${stdout}${stderr}`);
  return stdout;
}

const npm = (title, args) => {
  try {
    return runNpm(args, project);
  } catch (error) {
    problems.push(`${title}: ${error.message}`);
    return '';
  }
};

function checkFiles({ name, files }) {
  for (const wanted of ['LICENSE', 'README.md', 'package.json']) {
    if (!files.includes(wanted)) problems.push(`${name}: the tarball has no ${wanted}`);
  }
  for (const file of files) {
    if (/\.test(-d)?\.|\/test\/|vectors/.test(file)) problems.push(`${name}: the tarball holds test material: ${file}`);
  }
}

function install(packed) {
  const dependencies = tarballDependencies(packed);
  const manifest = { name: 'consumer', version: '1.0.0', private: true, dependencies };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  npm('npm install of the tarballs', ['install', '--offline', '--legacy-peer-deps', ...quiet]);
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  ['@types/node', ...publicPackages().flatMap(({ manifest }) => targets(manifest))].forEach(link);
}

/** Makes an installed package of the repository available, with its types. */
function link(name) {
  for (const folder of [name, `@types/${name}`]) {
    const installed = join(root, 'node_modules', folder);
    if (!existsSync(installed)) continue;
    const linked = join(project, 'node_modules', folder);
    mkdirSync(dirname(linked), { recursive: true });
    symlinkSync(installed, linked, 'junction');
  }
}

/** Specifiers of everything a package exports: its name and its subpaths. */
const specifiers = ({ name, exports }) =>
  Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => name + path.slice(1));

/** ESM and CJS must give the same names; the same file is compiled by tsc in three ways. */
function useNames(modules) {
  const lines = modules.map((name, at) => `import * as m${at} from '${name}';`);
  const tail = `console.log(JSON.stringify([${modules.map((_, at) => `Object.keys(m${at}).filter((n) => n !== 'default').sort()`)}]));`;
  const text = `${lines.join('\n')}\n${tail}\n`;
  for (const file of ['names.mts', 'names.cts']) writeFileSync(join(project, file), text);
  const required = lines.map((line) => line.replace(/import \* as (\w+) from (.*);/, 'const $1 = require($2);'));
  writeFileSync(join(project, 'names.cjs'), `${required.join('\n')}\n${tail}\n`);
  writeFileSync(join(project, 'names.mjs'), text);
  const esm = sh('import of every entry', process.execPath, ['names.mjs']);
  const cjs = sh('require of every entry', process.execPath, ['names.cjs']);
  if (esm !== cjs) problems.push(`ESM and CJS export different names:\n${esm}${cjs}`);
}

/** What replaces ioredis gives the class itself to `require`, and to the compiler, too. */
function useRequiredClass() {
  const lines = [
    `import Redis = require('@kv/ioredis');`,
    `const redis: Redis = new Redis({ lazyConnect: true });`,
    `const options: Redis.RedisOptions = { lazyConnect: true };`,
    `const cluster: Redis.Cluster = new Redis.Cluster(['127.0.0.1:1'], { lazyConnect: true, redisOptions: options });`,
    `if (!(redis instanceof Redis.Redis) || Redis.default !== Redis) throw new Error('require() gives no class');`,
    `redis.disconnect();`,
    `cluster.disconnect();`,
  ];
  writeFileSync(join(project, 'required-class.cts'), `${lines.join('\n')}\n`);
}

/** The small programs, one per package, as ESM and as CJS. */
function copyPrograms() {
  const files = existsSync(programs) ? readdirSync(programs).filter((name) => name.endsWith('.ts')) : [];
  for (const file of files) {
    cpSync(join(programs, file), join(project, file.replace(/ts$/, 'mts')));
    cpSync(join(programs, file), join(project, file.replace(/ts$/, 'cts')));
  }
  return files.map((file) => file.replace(/\.ts$/, ''));
}

function compile() {
  const common = {
    target: 'es2022',
    lib: ['es2022'],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
  };
  const ways = {
    nodenext: { ...common, module: 'nodenext', moduleResolution: 'nodenext', outDir: 'out' },
    bundler: { ...common, module: 'esnext', moduleResolution: 'bundler', noEmit: true },
  };
  for (const [way, compilerOptions] of Object.entries(ways)) {
    const include = way === 'bundler' ? ['*.mts'] : ['*.mts', '*.cts'];
    writeFileSync(join(project, `tsconfig.${way}.json`), JSON.stringify({ compilerOptions, include }));
    sh(`tsc, ${way}`, process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `tsconfig.${way}.json`]);
  }
}

/** `npx @kv/…`, as the READMEs say it. */
function runCommands(packages) {
  for (const { manifest } of packages.filter(({ manifest }) => manifest.bin !== undefined)) {
    const printed = npm(`npx ${manifest.name}`, ['exec', '--offline', '--', manifest.name, '--version']);
    if (printed.trim() !== manifest.version) problems.push(`npx ${manifest.name} --version says ${printed}`);
  }
}

/** Each client alone in a bundle, where its optional peer is not installed. */
function bundle() {
  rmSync(join(project, 'node_modules/@kv/embedded'), { recursive: true });
  for (const name of ['redis', 'ssdb', 'gibson']) {
    const create = `create${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const contents = `import { ${create} } from '@kv/${name}'; void ${create}().close();`;
    const outfile = join(project, `${name}.bundle.mjs`);
    const stdin = { contents, resolveDir: project };
    try {
      buildSync({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
    } catch (error) {
      problems.push(`esbuild of @kv/${name}: ${error.message}`);
      continue;
    }
    sh(`bundle of @kv/${name}`, process.execPath, [outfile]);
  }
}

/** Two entries that hold a module each have two classes where users see one; their maps tell which file holds what. */
function checkSharedCode(packages) {
  for (const { manifest } of packages) {
    const dist = join(project, 'node_modules', manifest.name, 'dist');
    const files = existsSync(dist) ? readdirSync(dist) : [];
    for (const ending of ['.js.map', '.cjs.map']) checkSharing(manifest.name, dist, ending, files);
  }
}

function checkSharing(name, dist, ending, files) {
  const seen = new Set();
  for (const file of files.filter((file) => file.endsWith(ending))) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(dist, file), 'utf8'));
    if (sourcesContent) problems.push(`${name}: dist/${file} repeats the sources, which are in the package`);
    for (const source of sources) {
      if (seen.has(source)) problems.push(`${name}: ${source} is in two files of dist, *${ending.slice(0, -4)}`);
      if (!existsSync(join(dist, source))) problems.push(`${name}: dist/${file} leads to ${source}, which is missing`);
      seen.add(source);
    }
  }
}

/** tsup takes `node:` away unless it is told not to; bundlers for other runtimes need it. */
function checkBuiltinNames(packages) {
  for (const { manifest } of packages) {
    const dist = join(project, 'node_modules', manifest.name, 'dist');
    for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
      if (!/\.c?js$/.test(file)) continue;
      const text = readFileSync(join(dist, file), 'utf8');
      for (const [, , name] of text.matchAll(/\b(from|require\(|import\(|import)\s*["']([\w/]+)["']/g)) {
        if (isBuiltin(name)) problems.push(`${manifest.name}: dist/${String(file)} imports '${name}' without node:`);
      }
    }
  }
}

try {
  const packages = publicPackages();
  const packed = packAll(project);
  packed.forEach(checkFiles);
  install(packed);
  useNames(packages.flatMap(({ manifest }) => specifiers(manifest)));
  const names = copyPrograms();
  useRequiredClass();
  compile();
  sh('required class', process.execPath, ['out/required-class.cjs']);
  for (const name of names) {
    sh(`${name}, ESM`, process.execPath, [`out/${name}.mjs`]);
    sh(`${name}, CJS`, process.execPath, [`out/${name}.cjs`]);
  }
  runCommands(packages);
  checkBuiltinNames(packages);
  checkSharedCode(packages);
  bundle();
  console.log(
    `${packages.length} packages packed, installed and used; ${names.length} programs; ${problems.length} problems`,
  );
} finally {
  rmSync(project, { recursive: true, force: true });
}
for (const problem of problems) console.log(`\n${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
