// tools: the walls' rules about imports: arrows between rooms, how a file is named, cycles, barrels.
import type { Finding } from './finding.ts';
import { closedPages, isForTests, isOfWork, mayUse, openToTests, roomOf } from './rooms.ts';
import { resolveRelative, type Line, type Source } from './source.ts';

const scope = '@staffetta/';

/** The file of ours that a specifier means, from the repository's root, or undefined when it is not ours. */
export function targetOf(source: Source, specifier: string, rooms: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.')) return resolveRelative(source.path, specifier);
  if (!specifier.startsWith(scope)) return undefined;
  const [name = '', ...rest] = specifier.slice(scope.length).split('/');
  const room = rooms.has(`services/${name}`) ? `services/${name}` : name;
  return [room, ...rest].join('/');
}

/** Checks one file's imports against the arrows. */
export function checkArrows(source: Source, rooms: ReadonlySet<string>): Finding[] {
  const from = roomOf(source.path);
  if (from === undefined) return [];
  return source.imports.flatMap((imported) => {
    const target = targetOf(source, imported.text, rooms);
    const to = target === undefined ? undefined : (roomOf(target) ?? '');
    if (target === undefined || to === undefined) return [];
    return [...checkManner(source, imported, from, to), ...checkArrow(source, imported, { from, to, target })];
  });
}

function checkManner(source: Source, { line, text }: Line, from: string, to: string): Finding[] {
  const at = { file: source.path, line };
  if (text.startsWith('.') && from !== to) {
    return [
      { ...at, rule: 'import', message: `"${text}" leaves its room; import by package name: ${scope}<room>/<file>` },
    ];
  }
  if (!text.startsWith('.') && from === to) {
    return [{ ...at, rule: 'import', message: `"${text}" is of the same room; import it by a relative path` }];
  }
  if (!/\.\w+$/.test(text)) {
    return [{ ...at, rule: 'import', message: `"${text}" names no file; name it with its ending, as in flows.ts` }];
  }
  return [];
}

function checkArrow(
  source: Source,
  { line, text }: Line,
  { from, to, target }: { from: string; to: string; target: string },
): Finding[] {
  const at = { file: source.path, line, rule: 'arrow' };
  const inTest = isForTests(source.path);
  if (inTest && target.startsWith(openToTests)) return [];
  if (!mayUse(from, to)) {
    return [{ ...at, message: `${from} may not use ${to || text}; see the table in tools/walls/rooms.ts` }];
  }
  if (!inTest && !isOfWork(source.path) && isForTests(target)) {
    return [{ ...at, message: `"${text}" is made for tests; move what is shared to a file of its own` }];
  }
  if (!inTest && closedPages[target]?.some((folder) => source.path.startsWith(`${folder}/`))) {
    return [{ ...at, message: `${target} is closed to this folder; take what you need as a parameter` }];
  }
  return [];
}

/** Finds groups of files that import each other in a ring; one finding per group. */
export function checkCycles(sources: readonly Source[], rooms: ReadonlySet<string>): Finding[] {
  const paths = new Set(sources.map((source) => source.path));
  const next = new Map(
    sources.map((source) => {
      const targets = source.imports.map(({ text }) => targetOf(source, text, rooms));
      return [source.path, targets.filter((target) => target !== undefined && paths.has(target)) as string[]];
    }),
  );
  return findRings(next).map((ring) => ({
    file: ring[0] as string,
    line: 1,
    rule: 'cycle',
    message: `imports itself in a ring: ${[...ring, ring[0]].join(' → ')}; move what both need to a file of its own`,
  }));
}

/** The shortest ring through the first file of each ring that is found, without naming a ring twice. */
function findRings(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const rings: string[][] = [];
  const told = new Set<string>();
  for (const start of [...next.keys()].sort()) {
    if (told.has(start)) continue;
    const ring = shortestRing(start, next);
    if (ring === undefined) continue;
    for (const path of ring) told.add(path);
    rings.push(ring);
  }
  return rings;
}

function shortestRing(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const target of next.get(path) ?? []) {
      if (target === start) return wayTo(path, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      queue.push(target);
    }
  }
  return undefined;
}

function wayTo(path: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [path];
  for (let before = cameFrom.get(path); before !== undefined; before = cameFrom.get(before)) way.unshift(before);
  return way;
}

/** Refuses files that only pass others on: through them one import reaches half the repository. */
export function checkBarrels(source: Source): Finding[] {
  const at = { file: source.path, rule: 'barrel' };
  const remedy = 'import the files you mean instead';
  if (/(^|\/)index\.\w+$/.test(source.path)) return [{ ...at, line: 1, message: `no index files; ${remedy}` }];
  if (source.isBarrel) return [{ ...at, line: 1, message: `holds nothing of its own; ${remedy}` }];
  return source.exportsAll.map((line) => ({ ...at, line, message: `no "export * from"; ${remedy}` }));
}
