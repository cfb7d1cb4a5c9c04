import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './published-entries.ts';

/** A private word, and what to write in its place. */
export interface PrivateWord {
  readonly word: RegExp;
  readonly write: string;
}

/** Words that only insiders understand, or that hide who does what. Each has a usual term. */
export const privateWords: readonly PrivateWord[] = [
  { word: /\blines?\b/i, write: 'connection' },
  { word: /(?<!@)\blanes?\b/i, write: 'pool' },
  { word: /\b(lends?|lent|lending)\b/i, write: 'acquire, check out' },
  { word: /\bow(e|es|ed|ing)\b/i, write: 'pending reply' },
  { word: /\b(rests|rested|resting)\b/i, write: 'pause reads' },
  { word: /\b(ledger|books)\b/i, write: 'request tracker' },
  { word: /\bgreet(s|ed)?\b/i, write: 'handshake, onReady' },
  { word: /\belsewhere\b/i, write: 'on another connection or server' },
  { word: /\b(eased|unfit)\b/i, write: 'has capacity, draining' },
  { word: /\b(tombstones?|entomb|swallow(s|ed)?)\b/i, write: 'abandoned request, discarded reply' },
  { word: /\bnobody\b/i, write: 'no client, no task; say who' },
  { word: /\bwhoever\b/i, write: 'the client, the task; say who' },
  { word: /\bfor ever\b/i, write: 'forever, without a limit' },
  { word: /\banew\b/i, write: 'again' },
  { word: /\bbesides\b/i, write: 'in addition to, further' },
  { word: /\b(without a word|in silence)\b/i, write: 'silently, without a command' },
  { word: /\bkin\b/i, write: 'and similar commands' },
  { word: /\bfor oneself\b/i, write: 'exclusive use' },
  { word: /\b(behaviour|neighbour|colour|recognis|misspelt|cancelled|cancelling)/i, write: 'American spelling' },
];

/** Where a word means what it says: file, wording, and why. */
export const allowed: readonly { readonly file: RegExp; readonly text: RegExp; readonly why: string }[] = [
  { file: /vocabulary\.test/, text: /\b(rests|owes|lends)\b/, why: 'it tests that such titles are found' },
  { file: /-parser\/|wire\//, text: /\blines?\b/i, why: 'RESP and SSDB are made of lines of text' },
  { file: /embedded\/src\/redis\/scripting\//, text: /\blines?\b/i, why: 'scripts are made of lines of text' },
  { file: /embedded\/src\/(redis|ssdb)\/request\.ts/, text: /\blines?\b/i, why: 'requests are read line by line' },
  { file: /ssdb\/src\/protocol\/protocol\.ts/, text: /\bline( end|\b)/i, why: 'a packet ends with an empty line' },
  { file: /write-your-own-protocol|core\/README/, text: /\blines?\b/i, why: 'the example is a protocol of lines' },
  { file: /./, text: /\b(one-|command |ten-|full command )lines?\b/i, why: 'a text on the terminal or in a file' },
  { file: /./, text: /\bone lines?\b|\blines? (each|per|by|of|with|that is wrong|in a log|as CLIENT)\b/i, why: 'text' },
  { file: /./, text: /\b(first|last|a|per|by|separators of|hundred|thousand|300) lines?\b/i, why: 'lines of a text' },
  {
    file: /monitor|nodes-text|server\.ts|cluster\.ts|printable|handshake/,
    text: /\blines?\b/i,
    why: 'replies of text',
  },
];

/** One place where a private word stands, as `file:line word: what to write`. */
function findings(file: string, text: string, line: number): string[] {
  return privateWords
    .filter(({ word }) => word.test(text))
    .filter(
      ({ word }) =>
        !allowed.some((one) => one.file.test(file) && one.text.test(text) && sameWord(word, one.text, text)),
    )
    .map(({ word, write }) => `${file}:${line} ${word.exec(text)?.[0]}: ${write}`);
}

/** An exception holds for the word that it contains, not for others of the same line. */
function sameWord(word: RegExp, exception: RegExp, text: string): boolean {
  return word.test(exception.exec(text)?.[0] ?? '');
}

/** The private words of a page, outside of its code. */
export function inMarkdown(file: string, markdown: string): string[] {
  let inCode = false;
  return markdown.split('\n').flatMap((text, at) => {
    if (text.startsWith('```')) inCode = !inCode;
    return inCode ? [] : findings(file, text.replaceAll(/`[^`]*`|\]\([^)]*\)/g, ''), at + 1);
  });
}

const COMMENT_OR_MESSAGE = /\/\*\*[\s\S]*?\*\/|\b\w*Error\(\s*(?:'(?:[^'\\\n]|\\.)*'|`[^`]*`)/g;

/** The private words of doc comments and of error messages. */
export function inSource(file: string, source: string): string[] {
  return [...source.matchAll(COMMENT_OR_MESSAGE)].flatMap(({ 0: piece, index }) => {
    const first = source.slice(0, index).split('\n').length;
    return piece.split('\n').flatMap((text, at) => findings(file, text.replaceAll(/`[^`]*`/g, ''), first + at));
  });
}

/** The text that a test, a suite or a table of tests (`….each([…])('title'`) begins with. */
const TITLE =
  /(?:\b(?:it|test|describe)(?:\.\w+)*|[\])]\)|const\))\(\s*(?:'((?:[^'\\\n]|\\.)*)'|`([^`]*)`|"([^"\n]*)")/g;

/** The private words of the titles of tests. */
export function inTitles(file: string, source: string): string[] {
  return [...source.matchAll(TITLE)].flatMap(({ 0: all, 1: plain, 2: template, 3: quoted, index }) => {
    const line = source.slice(0, index + all.length).split('\n').length;
    return findings(file, (plain ?? template ?? quoted ?? '').replaceAll(/\$\{[^}]*\}/g, ''), line);
  });
}

function filesIn(folder: string, wanted: RegExp): string[] {
  const path = join(repository, folder);
  const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return names.filter((name) => wanted.test(name)).map((name) => `${folder}/${name}`);
}

/** Pages and sources whose words users see. */
export function visibleFiles(packages: readonly string[]): string[] {
  const sources = packages.flatMap((name) => filesIn(`packages/${name}/src`, /(?<!\.test|\.test-d)\.ts$/));
  const readmes = packages.map((name) => `packages/${name}/README.md`);
  return ['README.md', 'CONTRIBUTING.md', ...readmes, ...filesIn('docs', /\.md$/), ...sources].filter(
    (file) => !file.includes('/generated/'),
  );
}

/** All private words that users see in these packages and in the documentation. */
export function privateWordsIn(packages: readonly string[]): string[] {
  return visibleFiles(packages).flatMap((file) => {
    const text = readFileSync(join(repository, file), 'utf8');
    return file.endsWith('.md') ? inMarkdown(file, text) : inSource(file, text);
  });
}

/** Tests and suites of these packages: what is printed when one of them fails. */
export function testFiles(packages: readonly string[]): string[] {
  return packages
    .flatMap((name) => [...filesIn(`packages/${name}/src`, /\.ts$/), ...filesIn(`packages/${name}/test`, /\.ts$/)])
    .filter((file) => /\.test\.ts$|-(suite|cases)\.ts$/.test(file));
}

/** All private words in the titles of their tests. */
export function privateWordsInTitles(packages: readonly string[]): string[] {
  return testFiles(packages).flatMap((file) => inTitles(file, readFileSync(join(repository, file), 'utf8')));
}
