// platform: a list or a tree that a configuration server gave as flat keys (`routes[0].path`), put together again.

interface Node {
  readonly below: Map<string, Node>;
  /** True where what lies below is counted, not named. */
  isList: boolean;
  value: string | undefined;
}

function newNode(): Node {
  return { below: new Map(), isList: false, value: undefined };
}

/** `[0]`, or a name; a name in brackets (`[X-Name.of]`) is Spring's spelling of one with dots. */
const step = /\[(\d+)\]|\[([^\]]+)\]|\.?([^.[\]]+)/g;

function put(root: Node, path: string, value: string): void {
  let node = root;
  for (const [, index, quoted, name] of path.matchAll(step)) {
    node.isList ||= index !== undefined;
    const key = index ?? quoted ?? name ?? '';
    const next = node.below.get(key) ?? newNode();
    node.below.set(key, next);
    node = next;
  }
  node.value = value;
}

function plain({ below, isList, value }: Node): unknown {
  // A list of words is there twice, item by item and as one text; its items say more.
  if (below.size === 0) return value;
  const entries = [...below].map(([key, node]) => [key, plain(node)] as const);
  if (!isList) return Object.fromEntries(entries);
  return entries.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
}

/**
 * Puts together what lies under a key.
 * @param values flat keys with their values, as a configuration server gives them
 * @param root the key of the list or tree (`gateway.routes`); undefined where a setting has none
 * @returns it as JSON, every value a text; undefined where nothing lies there
 */
export function treeText(values: Readonly<Record<string, string>>, root: string | undefined): string | undefined {
  if (root === undefined) return undefined;
  const tree = newNode();
  for (const [key, value] of Object.entries(values)) {
    const next = key[root.length];
    if (key.startsWith(root) && (next === '[' || next === '.')) put(tree, key.slice(root.length), value);
  }
  return tree.below.size === 0 ? undefined : JSON.stringify(plain(tree));
}
