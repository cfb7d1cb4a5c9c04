// Writes into every published package.json what is the same for all of them, from the package.json of the repository:
// where the source is, where to read and to report, how it is published. Plain Node, no dependencies.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';
import { publicPackages } from './packed-packages.mjs';

/** The fields that all published packages share; `repository` is that of the root, `folder` the name in packages/. */
export function sharedFields(repository, folder) {
  const site = repository.url.replace(/^git\+|\.git$/g, '');
  const directory = `packages/${folder}`;
  return {
    license: 'MIT',
    repository: { ...repository, directory },
    homepage: `${site}/tree/main/${directory}#readme`,
    bugs: { url: `${site}/issues` },
    publishConfig: { access: 'public', provenance: true },
  };
}

/** The fields in the order in which they are read; those that have no place in it stay behind `description`. */
function ordered({ name, version, description, keywords, license, homepage, bugs, repository, ...others }) {
  return { name, version, description, keywords, license, homepage, bugs, repository, ...others };
}

function completeManifests() {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const { folder, manifest } of publicPackages()) {
    const complete = ordered({ ...manifest, ...sharedFields(repository, basename(folder)) });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(complete, null, 2)}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) completeManifests();
