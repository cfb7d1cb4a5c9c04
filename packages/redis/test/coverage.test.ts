/** Holds the typed commands against the servers' own lists, and against the page that names what is elsewhere. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RedisSession } from '../src/client/session.ts';
import * as commands from '../src/commands/index.ts';
import { RedisBlockingCommands, RedisCommands } from '../src/generated/redis-commands.ts';
import { RedisLeaseCommands } from '../src/generated/redis-lease-commands.ts';
import { wireName } from '../src/protocol/wire-name.ts';

interface Listed {
  readonly group: string;
  readonly since: string;
  /** Which servers have it, when not all. */
  readonly servers?: readonly string[];
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

const listed = JSON.parse(read('./fixtures/commands.json')) as Record<string, Listed>;
const [, notOffered = '', onlyOnSession = ''] = read('../../../docs/backends/redis-commands.md').split('\n## ');

/** The names in the first column of a table. */
function namesIn(section: string): string[] {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string));
}

function methodName(command: string): string {
  return command.replace(/[ _-](\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The methods that a generated class adds to the one it extends. */
function namesOfMethods({ prototype }: { readonly prototype: object }): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(prototype));
}

const elsewhere = new Set(namesIn(notOffered));
const offered = Object.keys(listed).filter((name) => !elsewhere.has(name));

describe('coverage', () => {
  it('has a function for every command that the servers list', () => {
    expect(offered.filter((name) => !(methodName(name) in commands))).toEqual([]);
  });

  it('has a method for every function', () => {
    const missing = offered.filter((name) => !(methodName(name) in RedisSession.prototype));
    expect(missing).toEqual([]);
  });

  it('knows what the server calls the command of every method, for its errors', () => {
    expect(offered.map((name) => wireName(methodName(name)))).toEqual(offered.map((name) => name.toUpperCase()));
  });

  it('names only what exists, and nothing that is offered, as being in another place', () => {
    expect([...elsewhere].filter((name) => !(name in listed) || methodName(name) in commands)).toEqual([]);
  });

  it('keeps off the shared client what the page says', () => {
    const own = namesOfMethods(RedisLeaseCommands);
    expect(own.sort()).toEqual(namesIn(onlyOnSession).map(methodName).sort());
  });

  it('keeps blocking commands out of what pipelines and transactions have', () => {
    const own = namesOfMethods(RedisBlockingCommands);
    expect(own.filter((name) => name in RedisCommands.prototype)).toEqual([]);
    expect(own).toContain('blpop');
  });
});

describe('comments', () => {
  const source = read('../src/generated/redis-commands.ts') + read('../src/generated/redis-lease-commands.ts');
  const comments = new Map<string, string>();
  for (const [, comment, name] of source.matchAll(/\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n {2}(\w+)(?:<.*?>)?\(/g)) {
    if (!comments.has(name as string)) comments.set(name as string, comment as string);
  }

  it.each(offered)('of %s say since when it exists and where to read on', (name) => {
    const { since, servers } = listed[name] as Listed;
    const comment = comments.get(methodName(name)) ?? '';
    const site = servers?.every((server) => server.startsWith('valkey')) ? 'https://valkey.io' : 'https://redis.io';
    expect(comment).toContain(`@since ${since}\n`);
    expect(comment).toContain(`@see ${site}/commands/${name.replaceAll(' ', '-')}/\n`);
  });
});
