// Tries the packed packages (without adapters) where strangers use them: test runners, versions of TypeScript, other runtimes.
//
//   node packages/tooling/src/check-environments.mjs [jest vitest typescript bun deno workerd]
//
// Each folder in ../consumers with a package.json is one project: it is copied out of the repository, gets the tarballs
// as dependencies, is installed, and runs its own `npm test`. The versions are pinned in those package.json files and
// are installed by this program only, so that `npm ci` of the repository stays small. What cannot be installed fails.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './install.mjs';
import { npm, packAll, publicPackages, tarballDependencies, targets } from './packed-packages.mjs';

const consumers = join(root, 'packages/tooling/consumers');
const minutes = 60_000;

const projects = readdirSync(consumers).filter((name) => existsSync(join(consumers, name, 'package.json')));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : projects;
const folder = mkdtempSync(join(tmpdir(), 'kv-environments-'));

/** Copies a project and installs it. Gives its folder and what it pins, as `jest 30.5.2`. */
function install(name, dependencies) {
  const project = join(folder, name);
  cpSync(join(consumers, 'shared'), project, { recursive: true });
  cpSync(join(consumers, name), project, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(consumers, name, 'package.json'), 'utf8'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--package-lock=false'], project, 5 * minutes);
  const versions = Object.entries(manifest.devDependencies).map(plainVersion);
  return { project, versions: versions.join(', ') };
}

/** `typescript-5.2` and `npm:typescript@5.2.2` are typescript 5.2.2: one project may try several versions. */
const plainVersion = ([name, version]) => `${name.replace(/-[\d.]+$/, '')} ${version.replace(/^npm:.*@/, '')}`;

/** Tries one project; says what was tried, and all it printed when it failed. */
function attempt(name, dependencies) {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  try {
    const { project, versions } = install(name, dependencies);
    const printed = npm(['test', '--silent'], project, 5 * minutes);
    console.log(`ok      ${name} (${versions}), ${seconds()}\n${printed.trim().replace(/^/gm, '          ')}`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${name}, ${seconds()}\n${error.message}`);
    return false;
  }
}

/** Adapters are for libraries that others publish. A peer of a client is none, even where it may use such a library. */
function withoutAdapters(packages) {
  const clients = packages.filter(({ manifest }) => targets(manifest).length === 0);
  const peers = new Set(clients.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {})));
  return packages.filter((one) => clients.includes(one) || peers.has(one.manifest.name));
}

try {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const dependencies = tarballDependencies(packAll(tarballs, withoutAdapters(publicPackages())));
  const failed = wanted.filter((name) => !attempt(name, dependencies));
  console.log(`${wanted.length - failed.length} of ${wanted.length} environments passed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
