// tools: the walls' search for files that nobody reaches from an entry point.
import type { Finding } from './finding.ts';
import { isForTests, isOfWork } from './rooms.ts';
import { targetOf } from './imports.ts';
import { resolveRelative, type Source } from './source.ts';

/**
 * Finds source files that no program and no test reaches, and files of the product that only tests reach.
 * Programs are the services' `main.ts` and what the scripts of package.json and CI name. A file counts as reached
 * when it is imported, or when its path stands in a string (a worker, a process that is started).
 */
export function checkDeadFiles(
  sources: readonly Source[],
  texts: ReadonlyMap<string, string>,
  rooms: ReadonlySet<string>,
): Finding[] {
  const next = new Map(sources.map((source) => [source.path, mentionsOf(source, texts, rooms)]));
  const programs = sources.map(({ path }) => path).filter((path) => isProgram(path, texts));
  const tests = sources.map(({ path }) => path).filter((path) => /\.(test|night)\.ts$/.test(path));
  const byPrograms = reach(programs, next);
  const byAll = reach([...programs, ...tests], next);
  return sources.flatMap(({ path }) => {
    const at = { file: path, line: 1, rule: 'dead file' };
    if (!byAll.has(path)) return [{ ...at, message: 'nobody imports or starts it; remove it, or name it in a script' }];
    if (byPrograms.has(path) || isForTests(path) || isOfWork(path)) return [];
    return [{ ...at, message: 'only tests reach it; use it, remove it, or name it *.fixture.ts' }];
  });
}

function isProgram(path: string, texts: ReadonlyMap<string, string>): boolean {
  if (/^services\/[^/]+\/main\.ts$/.test(path)) return true;
  const named = [...texts].some(([file, text]) => /(^|\/)package\.json$|^\.ci\//.test(file) && text.includes(path));
  // A tool's settings file is read by the tool.
  return named || /^[^/]+\.config\.\w+$/.test(path);
}

function mentionsOf(source: Source, texts: ReadonlyMap<string, string>, rooms: ReadonlySet<string>): string[] {
  const imported = source.imports.map(({ text }) => targetOf(source, text, rooms));
  const written = source.strings
    .filter(({ text }) => /\.(m?[jt]s|css)$/.test(text))
    .flatMap(({ text }) => [
      resolveRelative(source.path, text),
      text.replace(/^\.?\//, ''),
      targetOf(source, text, rooms),
      // `services/${name}/main.ts`, each service's twin of it
      ...[...texts.keys()].filter((path) => text.includes('…') && matchesTemplate(path, text)),
    ]);
  return [...imported, ...written].filter((path) => path !== undefined && texts.has(path)) as string[];
}

function matchesTemplate(path: string, text: string): boolean {
  const parts = text.replace(/^(…\/|\.\.?\/)+/, '').split('…');
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+');
  return parts.length > 1 && new RegExp(`(^|/)${pattern}$`).test(path);
}

function reach(starts: readonly string[], next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set(starts);
  // A Set gives what is added while it is walked.
  for (const path of reached) for (const target of next.get(path) ?? []) reached.add(target);
  return reached;
}
