interface Node<T> {
  readonly byte: number;
  readonly key: string;
  value: T | undefined;
  child: Node<T> | undefined;
  sibling: Node<T> | undefined;
}

/** A key and what is stored under it. */
export interface TrieEntry<T> {
  readonly key: string;
  readonly value: T;
}

/**
 * Keys in the order of the server: depth first, a shorter key before longer ones that start with it, siblings in the
 * order in which their byte was first inserted. Nodes stay after a removal, so that order outlives the keys.
 *
 *     root ─child→ 'm' ─child→ 'b' ─sibling→ 'a' ─child→ 'b'      inserted: mb, ma, mab
 */
export class Trie<T> {
  readonly #root: Node<T> = { byte: -1, key: '', value: undefined, child: undefined, sibling: undefined };
  #nodes = 0;
  #size = 0;

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** Number of nodes, also those whose keys are gone. */
  get nodes(): number {
    return this.#nodes;
  }

  get(key: string): T | undefined {
    return this.#find(key)?.value;
  }

  set(key: string, value: T): void {
    let node = this.#root;
    let own = '';
    for (let at = 0; at < key.length; at += 1) {
      const known = childOf(node, key.charCodeAt(at));
      if (known === undefined && own === '') own = copyOf(key);
      node = known ?? this.#grow(node, own, at);
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  delete(key: string): boolean {
    const node = this.#find(key);
    if (node?.value === undefined) return false;
    node.value = undefined;
    this.#size -= 1;
    return true;
  }

  /** Every key that starts with `prefix`, the first `limit` of them. */
  search(prefix: string, limit: number = Number.POSITIVE_INFINITY): TrieEntry<T>[] {
    const found: TrieEntry<T>[] = [];
    const top = this.#find(prefix);
    const stack = top === undefined ? [] : [top];
    for (let node = stack.pop(); node !== undefined && found.length < limit; node = stack.pop()) {
      if (node !== top && node.sibling !== undefined) stack.push(node.sibling);
      if (node.child !== undefined) stack.push(node.child);
      if (node.value !== undefined) found.push({ key: node.key, value: node.value });
    }
    return found;
  }

  #find(key: string): Node<T> | undefined {
    let node: Node<T> | undefined = this.#root;
    for (let at = 0; at < key.length && node !== undefined; at += 1) node = childOf(node, key.charCodeAt(at));
    return node;
  }

  #grow(parent: Node<T>, key: string, at: number): Node<T> {
    const byte = key.charCodeAt(at);
    const grown: Node<T> = { byte, key: key.slice(0, at + 1), value: undefined, child: undefined, sibling: undefined };
    this.#nodes += 1;
    if (parent.child === undefined) parent.child = grown;
    else lastOf(parent.child).sibling = grown;
    return grown;
  }
}

/** A key was cut off a request, and in V8 a part of a text keeps the whole of it alive. Nodes must not: they stay. */
function copyOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}

function childOf<T>(parent: Node<T>, byte: number): Node<T> | undefined {
  let child = parent.child;
  while (child !== undefined && child.byte !== byte) child = child.sibling;
  return child;
}

function lastOf<T>(first: Node<T>): Node<T> {
  let last = first;
  while (last.sibling !== undefined) last = last.sibling;
  return last;
}
