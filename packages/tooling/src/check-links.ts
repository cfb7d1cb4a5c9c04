import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The pages whose links are checked: those of the top folder, the READMEs of packages, and all of docs/. */
export function documentedPages(repository: string): string[] {
  const packages = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`);
  const docs = readdirSync(join(repository, 'docs'), { recursive: true }).map((name) => `docs/${String(name)}`);
  const top = readdirSync(repository);
  return [...top, ...packages, ...docs].filter((file) => file.endsWith('.md') && existsSync(join(repository, file)));
}

/** Links inside the repository that lead nowhere, or to a heading that the page does not have: `README.md -> docs/x.md#y`. */
export function brokenLinks(repository: string, pages: readonly string[]): string[] {
  return pages.flatMap((page) => {
    const prose = readFileSync(join(repository, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    return targets
      .filter((target) => !leadsSomewhere(repository, page, target))
      .map((target) => `${page} -> ${target}`);
  });
}

function leadsSomewhere(repository: string, page: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true;
  const [path = '', heading] = target.split('#');
  const file = path === '' ? join(repository, page) : join(repository, dirname(page), path);
  return existsSync(file) && (heading === undefined || headings(file).has(heading));
}

/** The anchors that GitHub gives to the headings of a page. */
function headings(file: string): Set<string> {
  const lines = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
  const anchor = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  return new Set([...lines].map(([, text = '']) => anchor(text)));
}
