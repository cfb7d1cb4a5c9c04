/** Import circles between the files of one package, types included. */
import { dirname, relative, resolve, sep } from 'node:path';
import { moduleNames, sourceFiles } from './imports.ts';

/** Files that import each other, as `src/a.ts → src/b.ts → src/a.ts`, one way through each group of them. */
export function importCircles(packageFolder: string): string[] {
  const graph = importGraph(sourceFiles(resolve(packageFolder)));
  return groupsOf(graph).map((group) => {
    const names = wayThrough(graph, group).map((file) => relative(packageFolder, file).split(sep).join('/'));
    return names.join(' → ');
  });
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Which other files of the list each file names, in any form. */
function importGraph(files: readonly string[]): Graph {
  const known = new Set(files.filter((file) => !/[/\\](node_modules|dist)[/\\]/.test(file)));
  return new Map([...known].map((file) => [file, targets(file).filter((target) => known.has(target))]));
}

function targets(file: string): string[] {
  const relatives = moduleNames(file).filter((name) => name.startsWith('.'));
  return relatives.map((name) => resolve(dirname(file), name));
}

/** The strongly connected components with a circle in them, by the algorithm of Tarjan. */
function groupsOf(graph: Graph): ReadonlySet<string>[] {
  const groups: ReadonlySet<string>[] = [];
  const order = new Map<string, number>();
  const open: string[] = [];
  const done = new Set<string>();
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    open.push(file);
    let lowest = index;
    for (const next of graph.get(file) ?? []) {
      if (!done.has(next)) lowest = Math.min(lowest, order.get(next) ?? visit(next));
    }
    if (lowest < index) return lowest;
    const group = new Set(open.splice(open.indexOf(file)));
    for (const member of group) done.add(member);
    if (group.size > 1 || graph.get(file)?.includes(file)) groups.push(group);
    return lowest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return groups;
}

/** The shortest way from the first file of a group back to itself. */
function wayThrough(graph: Graph, group: ReadonlySet<string>): readonly string[] {
  const [first] = [...group].sort() as [string];
  const ways: string[][] = [[first]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of graph.get(way.at(-1) as string) ?? []) {
      if (next === first) return [...way, next];
      if (!group.has(next) || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [...group];
}
