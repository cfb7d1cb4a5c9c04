import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/check-boundaries.ts';
import { repository } from '../src/published-entries.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly type?: string;
  readonly engines?: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(file: string): T => JSON.parse(readFileSync(join(repository, file), 'utf8')) as T;

interface Repository {
  readonly type: string;
  readonly url: string;
}

// The scripts run before anything is installed, so they are plain JavaScript without types.
const script = new URL('../src/complete-manifests.mjs', import.meta.url).href;
const { sharedFields } = (await import(script)) as {
  sharedFields: (repository: Repository, folder: string) => object;
};
const root = read<{ repository: Repository }>('package.json');

const published = readdirSync(join(repository, 'packages'))
  .filter((folder) => existsSync(join(repository, 'packages', folder, 'package.json')))
  .map((folder) => ({ folder, manifest: read<Manifest>(`packages/${folder}/package.json`) }))
  .filter(({ manifest }) => !manifest.private);

describe.each(published)('packages/$folder', ({ folder, manifest }) => {
  it('depends on the packages that it may import, and on nothing from outside the family', () => {
    const allowed = rules[folder]?.family ?? [];
    for (const name of Object.keys(manifest.dependencies ?? {})) expect(allowed).toContain(name);
  });

  it('has the library that it adapts as a peer, from a version on', () => {
    const target = rules[folder]?.target;
    if (target === undefined) return;
    expect(Object.keys(manifest.peerDependencies ?? {})).toEqual([target]);
    expect(manifest.peerDependencies?.[target]).toMatch(/^\^\d+\.\d+\.\d+( \|\| \^\d+\.\d+\.\d+)*$/);
    expect(manifest.peerDependenciesMeta).toBeUndefined();
  });

  it('has no other peers than optional ones, which may have any version', () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
      if (name === rules[folder]?.target) continue;
      expect(rules[folder]?.lazy).toContain(name);
      expect(manifest.peerDependenciesMeta?.[name]).toEqual({ optional: true });
      expect(range).toBe('*'); // a narrower range makes each release of the peer a major release of this package
    }
  });

  it('says what registries and tools want to know', () => {
    expect(manifest).toMatchObject({ type: 'module', engines: { node: '>=20' } });
    expect(manifest.name).toBe(`@kv/${folder}`);
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.keywords?.length).toBeGreaterThan(3); // people search by them
  });

  it('says where its source is, where to report, and how it is published (else run complete-manifests.mjs)', () => {
    expect(manifest).toMatchObject(sharedFields(root.repository, folder));
  });
});

it('the address of the repository is a real one, and stands in one place', () => {
  expect(root.repository.url).toMatch(/^git\+https:\/\/github\.com\/(?!example\/)[\w-]+\/[\w-]+\.git$/);
  expect(sharedFields(root.repository, 'core')).toMatchObject({
    repository: { ...root.repository, directory: 'packages/core' },
    homepage: expect.stringMatching(/^https:.*\/packages\/core#readme$/),
    bugs: { url: expect.stringMatching(/^https:.*\/issues$/) },
  });
});

describe('package-lock.json', () => {
  const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');

  it('names no download addresses, which differ between machines', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
  });

  it('has a hash for every package that is fetched (else run packages/tooling/src/complete-lock.mjs)', () => {
    const fetched = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
    expect(fetched.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  });

  it('holds the packages of all platforms (else run packages/tooling/src/complete-lock.mjs)', () => {
    const exact = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.entries(optionalDependencies).filter(([, version]) => /^\d/.test(version)),
    );
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(exact.map(([name]) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});
