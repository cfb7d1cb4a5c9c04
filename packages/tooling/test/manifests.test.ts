import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../src/check-boundaries.ts';
import { repository } from '../src/published-entries.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: object;
  readonly repository?: { readonly directory?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(file: string): T => JSON.parse(readFileSync(join(repository, file), 'utf8')) as T;

const published = readdirSync(join(repository, 'packages'))
  .filter((folder) => existsSync(join(repository, 'packages', folder, 'package.json')))
  .map((folder) => ({ folder, manifest: read<Manifest>(`packages/${folder}/package.json`) }))
  .filter(({ manifest }) => !manifest.private);

describe.each(published)('packages/$folder', ({ folder, manifest }) => {
  it('depends on the packages that it may import, and on nothing from outside the family', () => {
    const allowed = rules[folder]?.family ?? [];
    for (const name of Object.keys(manifest.dependencies ?? {})) expect(allowed).toContain(name);
  });

  it('has optional peers only, which may have any version', () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
      expect(rules[folder]?.lazy).toContain(name);
      expect(manifest.peerDependenciesMeta?.[name]).toEqual({ optional: true });
      expect(range).toBe('*'); // a narrower range makes each release of the peer a major release of this package
    }
  });

  it('says what registries and tools want to know', () => {
    expect(manifest).toMatchObject({ license: 'MIT', type: 'module', engines: { node: '>=20' } });
    expect(manifest.name).toBe(`@kv/${folder}`);
    expect(manifest.repository?.directory).toBe(`packages/${folder}`);
  });
});

describe('package-lock.json', () => {
  const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');

  it('names no download addresses, which differ between machines', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
  });

  it('holds the packages of all platforms (else run packages/tooling/src/complete-lock.mjs)', () => {
    const exact = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.entries(optionalDependencies).filter(([, version]) => /^\d/.test(version)),
    );
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(exact.map(([name]) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});
