// Adds to package-lock.json what npm leaves out: the optional packages for other platforms, each with its hash, so that
// `npm ci` passes and is checked everywhere. Run it after every change of the lock file. Plain Node, no dependencies.
//
//   lock ─▶ packages that miss optional dependencies ─▶ npm locks these alone, in an empty folder ─▶ their entries ─▶ lock
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

/** The exact optional dependencies that the lock does not hold with a hash, with the packages that ask for them. */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, { version, dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, range]) => /^\d/.test(range) && !isComplete(packages, path, name))
      .map(([name, range]) => ({ name, version: range, dev, path, of: version })),
  );
}

/** Whether a package is there for the one at `path`, as Node looks it up, and has a hash. */
function isComplete(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const entry = packages[`${folder ? `${folder}/` : ''}node_modules/${name}`];
    if (entry) return entry.integrity !== undefined;
    if (!folder) return false;
  }
}

/** The lock's packages with what is missing taken from `served`, in the order that npm keeps; throws when it is not there. */
export function completed(packages, served) {
  const all = { ...packages };
  for (const { name, version, dev, path } of missingOptional(packages)) {
    const { resolved: _, ...entry } = served[`node_modules/${name}`] ?? {};
    if (entry.version !== version) throw new Error(`${name} ${version}: the registry in use does not serve it`);
    const isFree = (all[`node_modules/${name}`]?.version ?? version) === version;
    all[`${isFree ? '' : `${path}/`}node_modules/${name}`] = { ...entry, ...(dev ? { dev } : {}) };
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** Lets npm lock some packages in a folder of their own; the answer is the `packages` of that lock. */
function lockOf(dependencies) {
  const folder = mkdtempSync(join(tmpdir(), 'kv-lock-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const npm = process.env.npm_execpath; // the npm that runs this script: no shell, works on Windows too
    const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
    const [file, before] = npm ? [process.execPath, [npm]] : ['npm', []];
    const { status, stderr } = spawnSync(file, [...before, ...args], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm install: ${stderr}`);
    return JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function completeLock(file) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptional(lock.packages);
  const parents = Object.fromEntries(missing.map(({ path, of }) => [path.replace(/^.*node_modules\//, ''), of]));
  if (missing.length > 0) lock.packages = completed(lock.packages, lockOf(parents));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} optional entries added`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) completeLock(join(root, 'package-lock.json'));
